namespace Tars.Reports.Pages;

/// <summary>The styles of a page. Text colors have a contrast of at least 4.5 to 1 on their ground, in light and dark.</summary>
internal static class PageStyle
{
    /// <summary>Colors.</summary>
    public const string Colors =
        """
        :root{--ground:#f6f6f3;--paper:#fff;--ink:#1a1d21;--soft:#555d68;--line:#d9dbd8;--faint:#ecece8;--accent:#1f5fa8;
        --good:#17663a;--good-ground:#e3f2e8;--bad:#a8201a;--bad-ground:#fbe6e4;--warn:#7d4c00;--warn-ground:#fdf0d5;--unknown:#4d5661;--unknown-ground:#e9ebee;
        --course:#1f5fa8;--extent:#1f5fa8;--limit:#a8201a;--deploy:#6a3fa0;--incident:#d6453d;--degradation:#e09b2d;--alert:#8b2fa8;--gap:#9aa1a9;--maintenance:#5d8f9b}
        @media (prefers-color-scheme:dark){:root{--ground:#101317;--paper:#181c21;--ink:#e7e9ec;--soft:#a3abb6;--line:#343a42;--faint:#23282f;--accent:#8dbcf7;
        --good:#86d9a4;--good-ground:#16301f;--bad:#ff9d95;--bad-ground:#3b1a19;--warn:#f1c06f;--warn-ground:#362810;--unknown:#b3bac4;--unknown-ground:#282d34;
        --course:#8dbcf7;--extent:#8dbcf7;--limit:#ff9d95;--deploy:#c4a3f2;--incident:#f0665e;--degradation:#e0a540;--alert:#d391ea;--gap:#6f7781;--maintenance:#6fa9b6}}

        """;

    /// <summary>Text, tables and boxes.</summary>
    public const string Layout =
        """
        *{box-sizing:border-box}
        html{-webkit-text-size-adjust:100%;scroll-behavior:smooth}
        body{margin:0;background:var(--ground);color:var(--ink);font:16px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;font-variant-numeric:tabular-nums lining-nums}
        header,main,footer{max-width:78rem;margin:0 auto;padding:0 1.5rem}
        header{padding-top:2.5rem}
        h1{font-size:2.1rem;line-height:1.15;letter-spacing:-.02em;margin:.1rem 0 .4rem;font-weight:700}
        h2{font-size:1.35rem;line-height:1.25;letter-spacing:-.01em;margin:0 0 .9rem;font-weight:650}
        h3{font-size:1rem;margin:1.4rem 0 .5rem;font-weight:650;overflow-wrap:anywhere}
        p{margin:.5rem 0;max-width:70ch}
        ul{margin:.5rem 0;padding-left:1.2rem;max-width:80ch}
        li{margin:.25rem 0;overflow-wrap:anywhere}
        a{color:var(--accent)}
        a:focus-visible,summary:focus-visible,.scroll:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
        .eyebrow{text-transform:uppercase;letter-spacing:.09em;font-size:.75rem;font-weight:600;color:var(--soft);margin:0}
        .period{color:var(--soft);margin:0 0 1.4rem}
        .banner{border-radius:10px;padding:1.2rem 1.4rem;border-left:8px solid currentColor;margin:0 0 1.2rem}
        .banner .word{font-size:1.6rem;line-height:1.2;font-weight:700;margin:0;display:flex;gap:.6rem;align-items:center;flex-wrap:wrap;max-width:none}
        .banner .word small{font-size:.95rem;font-weight:600;opacity:.95}
        .banner ul{color:var(--ink);margin:.7rem 0 0}
        .banner.good,.badge.good{color:var(--good);background:var(--good-ground)}
        .banner.bad,.badge.bad{color:var(--bad);background:var(--bad-ground)}
        .banner.warn,.badge.warn{color:var(--warn);background:var(--warn-ground)}
        .banner.unknown,.badge.unknown{color:var(--unknown);background:var(--unknown-ground)}
        .badge{display:inline-block;border-radius:5px;padding:.05rem .5rem;font-size:.8rem;font-weight:650;white-space:nowrap}
        .badge.plain{background:var(--faint);color:var(--soft)}
        nav ul{list-style:none;display:flex;flex-wrap:wrap;gap:.3rem 1.1rem;padding:.7rem 0;margin:0 0 1.4rem;border-top:1px solid var(--line);border-bottom:1px solid var(--line);max-width:none;font-size:.9rem}
        nav li{margin:0}
        nav a{text-decoration:none}
        nav a:hover{text-decoration:underline}
        .tiles{display:grid;grid-template-columns:repeat(4,1fr);gap:1px;background:var(--line);border:1px solid var(--line);border-radius:10px;overflow:hidden;margin:0 0 1.4rem}
        .tiles div{background:var(--paper);padding:.85rem 1rem}
        .tiles dt{color:var(--soft);font-size:.82rem}
        .tiles dd{margin:0}
        .tiles .value{font-size:1.45rem;font-weight:650;letter-spacing:-.01em;line-height:1.3}
        .tiles .aside{font-size:.8rem;color:var(--soft)}
        section{background:var(--paper);border:1px solid var(--line);border-radius:10px;padding:1.3rem 1.4rem;margin:0 0 1.4rem}
        .scroll{overflow-x:auto;max-width:100%}
        table{border-collapse:collapse;font-size:.86rem;line-height:1.4;width:100%}
        th,td{text-align:left;vertical-align:top;padding:.45rem .6rem .45rem 0;border-bottom:1px solid var(--line);white-space:nowrap}
        th:last-child,td:last-child{padding-right:0}
        thead th{color:var(--soft);font-weight:600;font-size:.78rem;vertical-align:bottom;border-bottom:1px solid var(--soft)}
        tbody th{font-weight:600}
        tbody tr:last-child>*{border-bottom:0}
        .number{text-align:right}
        .long{white-space:normal;min-width:16rem;max-width:30rem;overflow-wrap:anywhere}
        tbody th{max-width:18rem;overflow:hidden;text-overflow:ellipsis}
        .missing{color:var(--soft);font-style:italic}
        .empty{color:var(--soft)}
        .note{color:var(--soft);font-size:.86rem}
        .actions{list-style:none;padding:0;margin:0;max-width:none}
        .actions li{display:grid;grid-template-columns:3.2rem 1fr;gap:.2rem .6rem;padding:.7rem 0;border-bottom:1px solid var(--line);margin:0}
        .actions li:last-child{border-bottom:0;padding-bottom:0}
        .actions strong{font-weight:600}
        .actions p{margin:.1rem 0 0;color:var(--soft);font-size:.88rem;max-width:90ch}
        .story{border-left:4px solid var(--line);padding:.1rem 0 .1rem 1rem;margin:1.2rem 0}
        .story.bad{border-color:var(--incident)}
        .story.warn{border-color:var(--degradation)}
        .story h3{margin:0 0 .3rem;display:flex;gap:.5rem;flex-wrap:wrap;align-items:baseline}
        .facts{display:flex;flex-wrap:wrap;gap:.3rem 1.6rem;margin:.3rem 0;font-size:.9rem}
        .facts div{display:flex;gap:.4rem}
        .facts dt{color:var(--soft)}
        .facts dd{margin:0;font-weight:550}
        .story ul{font-size:.9rem}
        details{margin:.8rem 0 0}
        summary{cursor:pointer;color:var(--accent);font-size:.92rem}
        code{font:.82rem/1.5 ui-monospace,"Cascadia Mono",Menlo,Consolas,monospace;overflow-wrap:anywhere}
        footer{color:var(--soft);font-size:.86rem;padding-top:.2rem;padding-bottom:2.5rem}
        @media (min-width:60rem){thead th,td:not(.number),.missing{white-space:normal}}
        @media (max-width:40rem){header,main,footer{padding-left:.9rem;padding-right:.9rem}header{padding-top:1.5rem}h1{font-size:1.7rem}section{padding:1rem .9rem}.banner{padding:1rem}.banner .word{font-size:1.3rem}.tiles{grid-template-columns:1fr 1fr}.tiles .value{font-size:1.2rem}}
        @page{margin:14mm 12mm}
        @media print{:root{--ground:#fff}body{font-size:10.5pt}nav{display:none}section,.tiles,.banner{break-inside:avoid-page;border-color:#bbb}section{break-inside:auto}h2,h3{break-after:avoid}.story,.figure,tr{break-inside:avoid}.scroll{overflow:visible}table{font-size:7.2pt}th,td{padding:.3rem .35rem .3rem 0;white-space:normal}tbody .number{white-space:nowrap}tbody th{white-space:nowrap;max-width:15em}thead th{font-size:7pt}td svg{width:3rem}.scroll{margin-right:-.5rem}.long{min-width:9em}details::details-content{content-visibility:visible;display:block}header,main,footer{max-width:none;padding-left:0;padding-right:0}}

        """;

    /// <summary>Charts.</summary>
    public const string Charts =
        """
        .patterns{position:absolute}
        svg{display:block}
        .mark{overflow:visible}
        .tick{font-size:11px;fill:var(--soft)}
        .axis{stroke:var(--soft);stroke-width:1}
        .grid{stroke:var(--line);stroke-width:1}
        .course{fill:none;stroke:var(--course);stroke-width:1.5;stroke-linejoin:round;stroke-linecap:round;vector-effect:non-scaling-stroke}
        .course.over{stroke:var(--incident)}
        .extent{fill:var(--extent);fill-opacity:.22}
        .budget-area{fill:var(--course);fill-opacity:.1}
        .before{fill:none;stroke:var(--soft);stroke-opacity:.75;stroke-width:1;stroke-dasharray:2 3;vector-effect:non-scaling-stroke}
        .limit{stroke:var(--limit);stroke-width:1;stroke-dasharray:5 4}
        .limit-text{fill:var(--limit)}
        .expected{fill:var(--good);fill-opacity:.25}
        .deploy{stroke:var(--deploy);stroke-width:1;stroke-dasharray:3 2}
        .deploy-mark{fill:var(--deploy)}
        .span-incident{fill:var(--incident)}
        .span-degradation{fill:var(--degradation)}
        .span-alert{fill:var(--alert)}
        .chart .span-incident,.chart .span-degradation{fill-opacity:.2}
        .span-gap{fill:url(#gap)}
        .gap-ground{fill:var(--gap);fill-opacity:.18}
        .gap-stroke{stroke:var(--gap);stroke-width:2}
        .span-maintenance{fill:url(#maintenance)}
        .maintenance-ground{fill:var(--maintenance);fill-opacity:.16}
        .maintenance-stroke{stroke:var(--maintenance);stroke-width:2}
        .bar-pass{fill:var(--course)}
        .bar-fail{fill:var(--incident)}
        .bar-inconclusive{fill:var(--gap)}
        .bar-text{fill:var(--ink)}
        .lane-ground{fill:var(--faint)}
        .lane{display:grid;grid-template-columns:9rem 1fr;gap:.8rem;align-items:center;margin:0 0 4px}
        .lane-name{font-size:.86rem;font-weight:600;text-align:right;overflow:hidden;text-overflow:ellipsis;white-space:nowrap}
        .lane-days{margin:0}
        .legend{display:flex;flex-wrap:wrap;gap:.3rem 1.2rem;margin:.9rem 0 0;padding:0;list-style:none;font-size:.82rem;color:var(--soft);max-width:none}
        .legend li{display:flex;gap:.4rem;align-items:center;margin:0}
        .legend svg{flex:none}
        .figures{display:grid;grid-template-columns:repeat(auto-fit,minmax(19rem,1fr));gap:1.2rem 1.6rem;margin:0 0 1rem}
        .figure{margin:0;min-width:0}
        .figure figcaption{font-size:.86rem;margin:0 0 .2rem;display:flex;justify-content:space-between;flex-wrap:wrap;gap:0 .8rem;white-space:nowrap}
        .figure figcaption span{color:var(--soft)}
        .figure figcaption .name{color:var(--ink);font-weight:600;overflow:hidden;text-overflow:ellipsis;max-width:100%}
        .spark .course{stroke-width:1.2}
        @media (max-width:40rem){.lane{grid-template-columns:1fr;gap:.1rem;margin-bottom:.5rem}.lane-name{text-align:left}.figures{grid-template-columns:1fr}}

        """;
}
