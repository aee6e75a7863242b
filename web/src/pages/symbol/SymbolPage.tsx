export default function SymbolPage() {
  return <h1>SymbolPage</h1>;
}
