// How the report looks: in light and in dark, on a narrow screen, and on paper. Everything is in
// the page; no font, image or script is fetched.
// The colours of the groups have at least 3 : 1 against the page in both schemes, text 7 : 1.

/// The style sheet of the report.
enum ReportStyle {
  static let sheet = """
    :root { color-scheme: light dark; --page: #fff; --text: #1d2733; --soft: #4d5a68;
      --line: #d5dce4; --head: #f2f5f8; --link: #0b5cad; --created: #2f7d4f;
      --refreshed: #2d6fb7; --failed: #b86a00; --deleted: #c0362c; --other: #75808c; }
    @media (prefers-color-scheme: dark) {
      :root { --page: #14191f; --text: #e8edf2; --soft: #b3bec9; --line: #364150;
        --head: #1d242c; --link: #79b8ff; --created: #58b97f; --refreshed: #65a9ee;
        --failed: #e5a03c; --deleted: #f0766d; --other: #8f9ba8; } }
    * { box-sizing: border-box; }
    body { margin: 0; background: var(--page); color: var(--text);
      font: 16px/1.5 system-ui, sans-serif; }
    .skip { position: absolute; left: -999px; }
    .skip:focus { left: 1rem; top: .5rem; background: var(--page); padding: .3rem .6rem; }
    header, main, footer { max-width: 60rem; margin: 0 auto; padding: 0 1.2rem; }
    header { padding-top: 2rem; }
    h1 { font-size: 1.7rem; margin: 0 0 .3rem; }
    h2 { font-size: 1.25rem; margin: 2.4rem 0 .6rem; border-bottom: 1px solid var(--line); }
    p, dd, caption, footer { color: var(--soft); }
    nav ul { display: flex; flex-wrap: wrap; gap: .2rem 1.1rem; list-style: none; padding: 0; }
    a { color: var(--link); }
    a:focus-visible, .scroll:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
    dl { display: grid; grid-template-columns: repeat(auto-fill, minmax(11rem, 1fr));
      gap: .8rem 1.4rem; margin: 1rem 0; }
    dt { color: var(--soft); font-size: .85rem; }
    dd { margin: 0; color: var(--text); overflow-wrap: anywhere; }
    dd.big { font-size: 1.35rem; font-weight: 600; }
    .scroll { overflow-x: auto; margin: .8rem 0; }
    table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
    caption { text-align: left; padding: .3rem 0; font-size: .9rem; }
    th, td { text-align: left; padding: .3rem .7rem .3rem 0; vertical-align: top;
      border-bottom: 1px solid var(--line); font-weight: 400; overflow-wrap: break-word; }
    tbody th { min-width: 8rem; max-width: 24rem; } td { max-width: 26rem; }
    thead th { font-weight: 600; font-size: .85rem; color: var(--soft); white-space: nowrap; }
    .number { text-align: right; white-space: nowrap; padding-left: .8rem; }
    summary { cursor: pointer; color: var(--link); } summary:focus-visible {
      outline: 3px solid var(--link); outline-offset: 2px; }
    svg.plot { width: 100%; min-width: 36rem; height: auto; display: block; }
    svg .axis { font-size: 12px; fill: var(--soft); }
    svg .grid { stroke: var(--line); stroke-width: 1; }
    svg.bar { width: 100%; min-width: 6rem; height: .8rem; display: block; margin-top: .35rem; }
    .created { fill: var(--created); } .refreshed { fill: var(--refreshed); }
    .failed { fill: var(--failed); } .deleted { fill: var(--deleted); }
    .other { fill: var(--other); }
    .legend { display: flex; flex-wrap: wrap; gap: .2rem 1.2rem; list-style: none; padding: 0;
      font-size: .9rem; }
    .legend svg { width: .8rem; height: .8rem; margin-right: .4rem; }
    footer { margin-top: 3rem; padding-bottom: 2rem; font-size: .85rem; }
    @media print { ::details-content { content-visibility: visible; }
      nav, .skip { display: none; } h2, .plot { break-after: avoid; }
      tr, svg.plot { break-inside: avoid; } .scroll { overflow: visible; }
      svg.plot { min-width: 0; } body { font-size: 11pt; } }
    """
}
