// Runs before the first paint, so that a chosen theme never flashes the other one, nor an amount that is to be hidden.
// The choices are made in src/lib/look.ts.
for (const name of ["theme", "moves", "amounts"]) {
  try {
    const choice = localStorage.getItem(`openbell.${name}`);
    if (choice) document.documentElement.dataset[name] = choice;
  } catch {
    // Storage is refused in some private windows: the defaults stand.
  }
}
