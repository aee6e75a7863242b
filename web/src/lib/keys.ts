/** The keyboard's reach, as the shortcuts list and the Help page tell it. */

export const KEYS: readonly { where: string; keys: readonly (readonly [press: string, does: string])[] }[] = [
  {
    where: "Everywhere",
    keys: [
      ["/", "Search symbols, pages and actions (also Ctrl-K); “alert AAPL 190” makes an alert"],
      ["?", "This list"],
      ["g h", "Go home"],
      ["g p", "Go to the portfolio"],
      ["g a", "Go to the alerts"],
      ["g c", "Go to the comparison"],
      ["g s", "Go to the sources"],
      ["g ?", "Go to the help"],
      ["Esc", "Close what is open"],
    ],
  },
  {
    where: "In the watchlist",
    keys: [
      ["↑ ↓", "Move from symbol to symbol"],
      ["Enter", "Open the symbol"],
      ["Delete", "Take it off the list (can be undone)"],
      ["Alt ↑ ↓", "Move it up or down in the list"],
      ["Alt Shift ← →", "Move the list among the lists, where its name has the focus"],
    ],
  },
  {
    where: "A symbol's page",
    keys: [
      ["[ ]", "A shorter or a longer range"],
      ["t", "Show or hide the table behind the chart"],
    ],
  },
  {
    where: "A portfolio",
    keys: [
      ["x", "Hide amounts, or show them"],
      ["[ ]", "A shorter or a longer range"],
      ["t", "Show or hide the table behind the chart"],
      ["← → ↑ ↓", "Move between the figures of a table"],
      ["Enter", "Why this number?"],
    ],
  },
  {
    where: "On a chart (focus it with Tab)",
    keys: [
      ["← →", "Read bar by bar"],
      ["Home End", "The first or the last bar"],
      ["+ −", "Zoom in or out, around the bar that is read"],
      ["Shift ← →", "Move the window"],
      ["0", "Show all of it"],
      ["a", "An alert at the price that is read"],
      ["↑ ↓", "Move an alert's level, where that has the focus"],
    ],
  },
];
