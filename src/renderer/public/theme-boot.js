// Runs before the first paint, so that the window never flashes in the other theme. See ui/theme.ts.
(function () {
  var choice = null;
  try {
    choice = localStorage.getItem('mauzo.theme');
  } catch {
    choice = null; // Storage refused: the system's theme is used.
  }
  var dark = choice === 'dark' || (choice !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches);
  var theme = dark ? 'dark' : 'light';
  document.documentElement.dataset.theme = theme;
  document.documentElement.dataset.mantineColorScheme = theme;
})();
