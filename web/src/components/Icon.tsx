/** The page's icons: 24 units square, strokes of 1.5. */

const PATHS = {
  home: "M4 11.5 12 5l8 6.5V19a1 1 0 0 1-1 1h-4.5v-5.5h-5V20H5a1 1 0 0 1-1-1z",
  compare: "M4 17.5c3-1 4-9 7-9s3.5 4 9-3M4 12.5c4 1 5 5 8 5s4-4 8-4",
  sources: "M5 7c0-4 14-4 14 0s-14 4-14 0v10c0 4 14 4 14 0V7M5 12c0 4 14 4 14 0",
  help: "M12 20.5a8.5 8.5 0 1 0 0-17 8.5 8.5 0 0 0 0 17M9.7 9.6c.2-3 4.8-2.8 4.6 0-.1 1.8-2.3 1.9-2.3 4M12 16.7v.1",
  portfolio: "M4 8.5h16V19H4zM9 8.5V6a1 1 0 0 1 1-1h4a1 1 0 0 1 1 1v2.5M4 13h16M12 12v2",
  eye: "M3 12c4-7 14-7 18 0-4 7-14 7-18 0M12 14.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5",
  hidden: "M3 12c4-7 14-7 18 0-4 7-14 7-18 0M5 5l14 14",
  bell: "M6 16.5V11a6 6 0 0 1 12 0v5.5l1.5 1.5h-15zM10 20.5h4",
  search: "M10.5 17a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13M15.3 15.3 20 20",
  sun: "M12 16a4 4 0 1 0 0-8 4 4 0 0 0 0 8M12 3v2M12 19v2M3 12h2M19 12h2M5.6 5.6 7 7M17 17l1.4 1.4M18.4 5.6 17 7M7 17l-1.4 1.4",
  moon: "M19.5 14.5A8 8 0 0 1 9.5 4.5a8 8 0 1 0 10 10z",
  star: "M12 4.2l2.4 4.9 5.4.8-3.9 3.8.9 5.4-4.8-2.6-4.8 2.6.9-5.4-3.9-3.8 5.4-.8z",
  close: "M6 6l12 12M18 6 6 18",
  more: "M5 12a.6.6 0 1 0 1.2 0A.6.6 0 1 0 5 12M11.4 12a.6.6 0 1 0 1.2 0 .6.6 0 1 0-1.2 0M17.8 12a.6.6 0 1 0 1.2 0 .6.6 0 1 0-1.2 0",
  grip: "M9 7h.6M9 12h.6M9 17h.6M15 7h.6M15 12h.6M15 17h.6",
  up: "M7 14l5-5 5 5",
  plus: "M12 5v14M5 12h14",
  download: "M12 4v11M7.5 11 12 15.5 16.5 11M5 19.5h14",
  settings:
    "M4 7.5h8.5M16.5 7.5H20M4 16.5h3.5M11.5 16.5H20M14.5 9.5a2 2 0 1 0 0-4 2 2 0 0 0 0 4M9.5 18.5a2 2 0 1 0 0-4 2 2 0 0 0 0 4",
  person: "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8M4.5 20c.5-4 3.5-5.5 7.5-5.5s7 1.5 7.5 5.5",
  chevron: "M7 10l5 5 5-5",
  left: "M14 7l-5 5 5 5",
  right: "M10 7l5 5-5 5",
  first: "M7 7v10M16 7l-5 5 5 5",
  last: "M17 7v10M8 7l5 5-5 5",
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name, size = 20 }: { name: IconName; size?: number }) {
  return (
    <svg
      viewBox="0 0 24 24"
      width={size}
      height={size}
      fill="none"
      stroke="currentColor"
      strokeWidth="1.5"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
    >
      <path d={PATHS[name]} />
    </svg>
  );
}
