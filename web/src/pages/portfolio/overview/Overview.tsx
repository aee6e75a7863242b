export default function Overview() {
  return <h1>How am I really doing?</h1>;
}
