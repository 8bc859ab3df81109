namespace Coverslip.App.Reports;

/// <summary>
/// The page's looks in light, dark and print. The series' colors are those of Okabe and Ito (2008), which people with
/// any color vision tell apart, darkened for white paper and lightened for dark pages.
/// </summary>
internal static class PageStyle
{
    // No child selectors, ampersands or angle brackets: XML would encode them, and browsers read styles raw.
    public const string Css = """
        :root { color-scheme: light dark; --page: #fff; --ink: #1a1c1f; --soft: #5c636b;
            --rule: #d9dde1; --panel: #f5f6f8;
          --warn: #fff4d6; --warn-rule: #b37400; --shade: 0, 114, 178;
          --c0: #0072b2; --c1: #d55e00; --c2: #009e73; --c3: #a8558a; --c4: #a87500; --c5: #3a8fc4; }
        @media (prefers-color-scheme: dark) { :root { --page: #15181c; --ink: #e8eaed; --soft: #a3abb4;
            --rule: #3a4149; --panel: #1e2329;
          --warn: #3a2e10; --warn-rule: #e6ac2e; --shade: 86, 180, 233;
          --c0: #56b4e9; --c1: #ff8c42; --c2: #2cc99a; --c3: #e39cc6; --c4: #e6b422; --c5: #a5d8f5; } }
        * { box-sizing: border-box; }
        body { margin: 0; background: var(--page); color: var(--ink);
            font: 16px/1.5 system-ui, "Segoe UI", Roboto, sans-serif; }
        main { max-width: 1080px; margin: 0 auto; padding: 2rem 1.25rem 4rem; }
        h1 { font-size: 1.9rem; line-height: 1.2; margin: 0 0 .75rem; overflow-wrap: anywhere; }
        h2 { font-size: 1.35rem; margin: 0 0 .5rem; }
        h3 { font-size: 1.05rem; margin: 1.25rem 0 .4rem; }
        section { margin-top: 2.5rem; padding-top: 1.25rem; border-top: 1px solid var(--rule); }
        p { margin: 0 0 .8rem; max-width: 75ch; }
        .result { font-size: 1.15rem; }
        .note, figcaption, summary { color: var(--soft); font-size: .92rem; }
        .warning { max-width: none; background: var(--warn); border-left: 4px solid var(--warn-rule);
            border-radius: 0 6px 6px 0;
          padding: .6rem .9rem; margin: 0 0 .6rem; }
        .tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(170px, 1fr));
            gap: .75rem; margin: 1.25rem 0; }
        .tile { background: var(--panel); border-radius: 8px; padding: .75rem 1rem; }
        .tile span { display: block; }
        .tile .name, .tile .below { color: var(--soft); font-size: .88rem; }
        .tile .value { font-size: 1.7rem; line-height: 1.25; font-weight: 600; font-variant-numeric: tabular-nums; }
        nav { margin-top: 1.25rem; font-size: .92rem; display: flex; flex-wrap: wrap; gap: .2rem 1.1rem; }
        nav a { color: var(--c0); white-space: nowrap; }
        .scroll { overflow-x: auto; }
        table { border-collapse: collapse; font-size: .93rem; }
        th, td { padding: .35rem 1.1rem .35rem 0; text-align: left; vertical-align: top;
            border-bottom: 1px solid var(--rule); }
        thead th { color: var(--soft); font-weight: 600; vertical-align: bottom; }
        th.n, td.n { text-align: right; font-variant-numeric: tabular-nums; }
        td.n { white-space: nowrap; }
        table.confusion thead th { text-align: center; }
        table.confusion td, table.confusion th { padding: .6rem 1rem;
            border: 1px solid var(--rule); vertical-align: middle; }
        table.confusion td { text-align: center; min-width: 7rem; font-variant-numeric: tabular-nums; }
        table.confusion td b { font-size: 1.25rem; display: block; line-height: 1.2; }
        table.confusion .right { outline: 2px solid var(--c2); outline-offset: -3px; }
        .wrong { color: var(--c1); font-weight: 600; }
        .plots { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 320px), 1fr));
            gap: 1rem 1.5rem; align-items: start; }
        figure { margin: 0; }
        figure + p { margin-top: 1rem; }
        .plots h3 { margin: .5rem 0 0; }
        .plots figcaption { max-width: 460px; }
        .plot { width: 100%; height: auto; display: block;
            font: 12px system-ui, "Segoe UI", Roboto, sans-serif; fill: var(--ink); }
        .plot .axes text { fill: var(--soft); }
        .grid { stroke: var(--rule); stroke-width: 1; } .axis { stroke: var(--soft); }
        .line { fill: none; stroke: currentColor; stroke-width: 2; stroke-linejoin: round; }
            .dashed { stroke-dasharray: 6 4; }
        .points { fill: currentColor; fill-opacity: .75; stroke: var(--page); }
            .hit { fill: transparent; } .hit:hover { fill: currentColor; }
        .mark path { stroke: var(--soft); stroke-dasharray: 2 3; } .mark text { fill: var(--soft); }
        .reference { color: var(--soft); stroke-width: 1.2; }
        .c0 { color: var(--c0); } .c1 { color: var(--c1); } .c2 { color: var(--c2); }
        .c3 { color: var(--c3); } .c4 { color: var(--c4); } .c5 { color: var(--c5); }
        .bar { display: block; } .bar path { fill: none; } .bar .rail { stroke: var(--rule); stroke-width: 2; }
        .bar .span { stroke: var(--c0); stroke-width: 4; stroke-linecap: round; stroke-opacity: .55; }
        .bar .dot { fill: var(--c0); } .bar .chance { stroke: var(--c1); stroke-width: 2; }
        .pictures { display: grid; grid-template-columns: repeat(auto-fill, minmax(210px, 1fr)); gap: 1.1rem; }
        .pictures.pairs { grid-template-columns: repeat(auto-fill, minmax(min(100%, 420px), 1fr)); }
        td figure { width: 150px; } td figure.large { width: 340px; } td img { max-width: 100%; height: auto; display: block; border-radius: 4px; }
        td .pair { grid-template-columns: 1fr; } td .unreadable { overflow-wrap: anywhere; }
        .pictures img { width: 100%; height: auto; display: block; border-radius: 4px; }
        .pair { display: grid; grid-template-columns: 1fr 1fr; gap: 4px; }
        .pictures figcaption { margin-top: .3rem; line-height: 1.35; overflow-wrap: anywhere; }
        .slides { width: min(96vw, 1860px); margin: .5rem 0 0 50%; transform: translateX(-50%); display: grid; gap: 2rem; }
        .slide .pair { grid-template-columns: repeat(auto-fit, minmax(min(100%, 480px), 1fr)); gap: .75rem; align-items: start; }
        .slide .pair svg, .slide .pair img { display: block; width: 100%; height: auto; max-height: 92vh; border-radius: 4px; }
        .slide .pair div { max-width: 1100px; }
        .slide figcaption { margin-top: .2rem; overflow-wrap: anywhere; }
        .halo, .truth .line, .ring .line, .true-box .line, .half-frame .line { fill: none; vector-effect: non-scaling-stroke; }
        .halo { stroke: #fff; stroke-width: 4.5; } .truth .line, .ring .line { stroke: #111; stroke-width: 2; }
        .truth .line { stroke-dasharray: 8 5; } .ring:hover .line { stroke: #d55e00; stroke-width: 4; }
        .ring { pointer-events: all; }
        .true-box .line { stroke: #e65f00; stroke-width: 3; } .half-frame .line { stroke: #fff; stroke-width: 2; }
        .half-frame .halo { stroke: #111; }
        .scale-bar { margin: .25rem 0 .4rem; font-size: .88rem; line-height: 1.2; }
        .scale-bar span { display: block; height: 4px; background: var(--ink); margin-bottom: .15rem; }
        .scale-bar .bar { stroke: var(--ink); stroke-width: 4; }
        .legend { display: flex; flex-wrap: wrap; gap: .15rem 1.25rem; }
        .legend span { display: inline-flex; align-items: center; gap: .4rem; }
        .legend svg { border-radius: 3px; background: #9a93a3; flex: none; } .legend svg.scale-bar { background: none; margin: 0; }
        .unreadable { background: var(--panel); border-radius: 4px; padding: 1rem; font-size: .88rem;
            overflow-wrap: anywhere; }
        pre { background: var(--panel); border-radius: 8px; padding: 1rem; overflow-x: auto;
            font-size: .85rem; line-height: 1.45; }
        details { margin: .75rem 0; } summary { cursor: pointer; }
        @media print { body { font-size: 11px; } main { max-width: none; padding: 0; } nav { display: none; }
          * { -webkit-print-color-adjust: exact; print-color-adjust: exact; }
          figure, tr, .tile, .warning { break-inside: avoid; } h2, h3 { break-after: avoid; }
          pre { white-space: pre-wrap; } .scroll { overflow: visible; } }
        """;
}
