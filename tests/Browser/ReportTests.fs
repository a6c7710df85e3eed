/// Reports as a reader meets them.
module Limen.Browser.ReportTests

open System
open System.IO
open Expecto
open Limen
open Limen.Core

let private drawn = "() => document.documentElement.dataset.drawn !== undefined"

/// The cells of a column of the table of labels, as far as they are shown.
let private column (title: string) (opened: Opened) : string[] =
    opened
    |> Chromium.ask
        $"""() => {{
            const at = [...document.querySelectorAll('#label-table th')].findIndex(th => th.textContent === '{title}');
            return [...document.querySelectorAll('#label-table tbody tr:not(.gap)')].map(tr => tr.cells[at].textContent);
        }}"""

let private heading (title: string) =
    $"#label-table th button:text-is('{title}')"

let private numbers (cells: string[]) =
    cells
    |> Array.map (fun cell -> Double.Parse(cell.Replace(",", ""), Globalization.CultureInfo.InvariantCulture))

let private look (file: Lazy<string>) (width: int) (test: Opened -> unit) =
    Chromium.visit file.Value width (fun opened ->
        opened |> Chromium.until drawn
        test opened)

/// Elements of the page that stick out of the window, those aside that scroll within their own box.
let private stickingOut =
    """() => [...document.querySelectorAll('body *')].filter(e => {
        if (e.closest('.scroll, .window, svg, blockquote, script, style')) return false;
        const box = e.getBoundingClientRect();
        return box.width > 0 && (box.right > window.innerWidth + 1 || box.left < -1);
    }).map(e => e.tagName + ' ' + e.className + ' ' + e.textContent.slice(0, 40))"""

/// Texts that are too small to read, charts included.
let private tooSmall =
    """() => [...document.querySelectorAll('body *')].filter(e => {
        if (e.closest('script, style') || ![...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim() !== '')) return false;
        return e.getClientRects().length > 0 && parseFloat(getComputedStyle(e).fontSize) < 11;
    }).map(e => e.tagName + ' ' + e.textContent.slice(0, 40))"""

/// Headings and numbers of the table of labels that are cut off.
let private cutOff =
    """() => [...document.querySelectorAll('#label-table th button, #label-table td:not(:first-child)')]
        .filter(e => e.clientWidth > 0 && e.scrollWidth > e.clientWidth).map(e => e.textContent)"""

/// The names of charts of which two tick labels of an axis overlap.
let private overlapping =
    """() => [...document.querySelectorAll('.plot')].filter(plot => ['xtick', 'ytick'].some(kind => {
        const boxes = [...plot.querySelectorAll('.' + kind + ' text')].map(t => t.getBoundingClientRect()).filter(b => b.width > 0);
        if (plot.closest('.tall')) return false; // turned texts, whose boxes overlap though they do not
        return boxes.some((a, i) => boxes.slice(i + 1).some(b =>
            Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1 && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 1));
    })).map(plot => plot.dataset.figure)"""

/// Headings of the table of labels whose text reaches into the next one.
let private overlappingHeadings =
    """() => {
        const texts = [...document.querySelectorAll('#label-table th')].map(th => {
            const range = document.createRange();
            range.selectNodeContents(th);
            return [th.textContent, range.getBoundingClientRect()];
        }).filter(([_, box]) => box.width > 0);
        return texts.slice(1).filter(([_, box], i) => box.left < texts[i][1].right).map(([text]) => text);
    }"""

/// The names of charts whose legend reaches below the top of the axes.
let private legendsInCharts =
    """() => [...document.querySelectorAll('.plot')].filter(plot => {
        const legend = plot.querySelector('.legend .bg'), axes = plot.querySelector('.nsewdrag');
        return legend && axes && legend.getBoundingClientRect().bottom > axes.getBoundingClientRect().top + 1;
    }).map(plot => plot.dataset.figure)"""

let private readable (name: string) (file: Lazy<string>) (width: int) =
    testCase $"{name} is readable at {width} pixels"
    <| fun () ->
        look file width (fun opened ->
            opened |> Chromium.pictures $"{name}-{width}"

            let noneOf what script =
                Expect.equal (opened |> Chromium.ask<string[]> script) [||] what

            noneOf "nothing sticks out" stickingOut
            noneOf "no text is too small" tooSmall
            noneOf "no labels of an axis overlap" overlapping
            noneOf "nothing of the table of labels is cut off" cutOff
            Expect.isEmpty opened.Faults "no errors in the console")

let private quiet (name: string) (file: Lazy<string>) =
    testCase $"{name} is shown without an error, and asks the network for nothing"
    <| fun () ->
        look file 1280 (fun opened ->
            Expect.isEmpty opened.Faults "no errors in the console"
            Expect.isEmpty opened.Requests "no requests"

            let charts =
                opened
                |> Chromium.ask<int> "() => document.querySelectorAll('.plot .main-svg').length"

            Expect.isGreaterThan charts 8 "charts are drawn")

[<Tests>]
let tests =
    testList
        "Report"
        [
            quiet "a report" Problems.report
            quiet "a comparison" Problems.comparison

            readable "a report of many labels" Problems.many 390

            for width in [ 390; 1280 ] do
                readable "a report" Problems.report width
                readable "a comparison" Problems.comparison width

            testCase "labels are sorted by a click, and the other way by another"
            <| fun () ->
                look Problems.report 1280 (fun opened ->
                    opened |> Chromium.click (heading "F1")
                    let down = opened |> column "F1" |> numbers
                    Expect.equal down (Array.sortDescending down) "descending"
                    Expect.isGreaterThan (Array.distinct down).Length 1 "different values"
                    opened |> Chromium.click (heading "F1")
                    Expect.equal (opened |> column "F1" |> numbers) (Array.rev down) "ascending"
                    opened |> Chromium.click (heading "label")
                    let names = opened |> column "label"
                    Expect.equal (Set names) (Set Problems.test.Labels) "every label"
                    Expect.equal names[0] "</script><script>window.broken = 1</script>" "the first by name")

            testCase "labels are searched, whatever their case"
            <| fun () ->
                look Problems.report 1280 (fun opened ->
                    opened |> Chromium.fill "#label-search" "zEICHEN"

                    Expect.equal (opened |> column "label") [| "größe \"in\" 'Zeichen'" |] "found"

                    let count =
                        opened
                        |> Chromium.ask<string> "() => document.getElementById('label-count').textContent"

                    Expect.equal count $"1 of {Problems.test.Labels.Count} labels" "counted"
                    opened |> Chromium.fill "#label-search" "no such label"
                    Expect.isEmpty (opened |> column "label") "nothing"
                    opened |> Chromium.fill "#label-search" ""
                    Expect.hasLength (opened |> column "label") Problems.test.Labels.Count "all again")

            testCase "headings on paper stand beside each other, above every column, and legends above their charts"
            <| fun () ->
                for file in [ Problems.report; Problems.many ] do
                    look file 718 (fun opened -> // the width of A4 between its margins
                        opened |> Chromium.layOutForPaper

                        Expect.equal
                            (opened |> Chromium.ask<string[]> overlappingHeadings)
                            [||]
                            "no heading in another"

                        Expect.isGreaterThan
                            (opened
                             |> Chromium.ask<int>
                                 "() => [...document.querySelectorAll('#label-table th')].filter(th => th.clientWidth > 0).length")
                            4
                            "all columns"

                        Expect.equal (opened |> Chromium.ask<string[]> legendsInCharts) [||] "no legend in a chart")

            testCase "a report is printed, and then shown as before"
            <| fun () ->
                look Problems.report 1280 (fun opened ->
                    let before = opened |> column "label"
                    let pdf = Chromium.print opened
                    Expect.equal (Text.Encoding.ASCII.GetString(pdf, 0, 5)) "%PDF-" "a PDF"
                    Expect.isGreaterThan pdf.Length 50_000 "with charts in it"
                    Expect.equal (opened |> column "label") before "the table as before"
                    Expect.isEmpty opened.Faults "no errors in the console")

            testCase "names and texts are shown as they are, and run nothing"
            <| fun () ->
                for file in [ Problems.report; Problems.comparison ] do
                    look file 1280 (fun opened ->
                        Expect.isFalse (opened |> Chromium.ask<bool> "() => 'broken' in window") "nothing ran"
                        Expect.equal (opened |> Chromium.ask<int> "() => document.images.length") 0 "no images"

                        let title =
                            opened |> Chromium.ask<string> "() => document.querySelector('h1').textContent"

                        Expect.equal title "Report of <b>a model</b>" "the title"

                        let texts =
                            opened
                            |> Chromium.ask<string> "() => document.querySelector('#lost blockquote').textContent"

                        Expect.stringContains
                            texts
                            "</script><script>window.broken = 3</script> & <i>so on</i>"
                            "a text")

            testCase "figures are those of the evaluation"
            <| fun () ->
                look Problems.report 1280 (fun opened ->
                    let cells =
                        opened
                        |> Chromium.ask<string[]>
                            "() => [...document.querySelectorAll('#metrics tr')].map(tr => [...tr.cells].map(c => c.textContent).slice(0, 2).join('|'))"

                    let measured = Problems.model.Value.Evaluate Problems.test

                    for metric in [ F1.micro; F1.macro PresentInTest; AtK.precision 1; Curves.microAuc ] do
                        let value = measured[metric.Name].Value
                        Expect.contains cells $"{metric.Title}|{value:F4}" metric.Title

                    opened |> Chromium.click (heading "label")
                    let names, f1 = opened |> column "label", opened |> column "F1" |> numbers

                    for name, value in Array.zip names f1 do
                        let struct (_, _, _, _, expected) =
                            measured.Labels |> Seq.find (fun (struct (l, _, _, _, _)) -> l = name)

                        Expect.floatClose Accuracy.low value (Math.Round(expected, 3)) name)

            testCase "without examples, no text of a row is in the file"
            <| fun () ->
                let path = Path.GetTempFileName()

                try
                    let options = ReportOptions(Resamples = 0, Examples = 0)
                    Reports.Write(Problems.model.Value, Problems.test, path, options)
                    Expect.isFalse ((File.ReadAllText path).Contains "so on") "no text"
                    options.Examples <- 1
                    Reports.Write(Problems.model.Value, Problems.test, path, options)
                    Expect.isTrue ((File.ReadAllText path).Contains "so on") "a text"
                finally
                    File.Delete path

            testCase "the same rows and options give the same file"
            <| fun () ->
                let path = Path.GetTempFileName()

                try
                    Reports.Write(Problems.model.Value, Problems.test, path, Problems.options ())
                    Expect.equal (File.ReadAllText path) (File.ReadAllText Problems.report.Value) "the same"
                finally
                    File.Delete path

            testCase "options out of range are named, all of them, and nothing is written"
            <| fun () ->
                let options = ReportOptions(Resamples = -1, Level = 1.0, Frequent = 1, Title = null)
                let path = Path.Combine(Path.GetTempPath(), $"limen-{Guid.NewGuid()}.html")

                let said =
                    try
                        Reports.Write(Problems.model.Value, Problems.test, path, options)
                        ""
                    with :? ConfigurationException as e ->
                        e.Message

                for name in [ "Resamples"; "Level"; "Frequent"; "Title" ] do
                    Expect.stringContains said name "named"

                Expect.isFalse (File.Exists path) "nothing written"
        ]
