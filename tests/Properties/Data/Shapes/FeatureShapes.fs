/// Lines of numbers, sparse and dense.
module Limen.Properties.FeatureShapes

open System.IO
open Limen.Properties.Shape

let private attributes first =
    let ofLabels = labels |> List.map (fun l -> $"@attribute {l} {{0,1}}")
    let ofFeatures = labels |> List.mapi (fun i _ -> $"@attribute f{i} numeric")

    if first then
        ofLabels @ ofFeatures
    else
        ofFeatures @ ofLabels

let shapes: Shape list =
    [
        parts "svmlight's lines" ".svm" [] (fun r -> $"""{ids r |> join ","} {sparse r}""")
        |> byId
        parts "XMC's one file" ".txt" [] (fun r -> $"""{ids r |> join ","} {sparse r}""")
        |> byId
        |> also (fun folder ->
            for name, rows in [ "train", train; "test", test ] do
                let path = Path.Combine(folder, $"{name}.txt")
                File.WriteAllText(path, $"{rows.Length} 3 3\n" + File.ReadAllText path))
        {
            Name = "XMC's two files"
            Write =
                fun folder ->
                    for name, rows in [ "trn", train; "tst", test ] do
                        lines $"{name}_X_Xf.txt" ($"{rows.Length} 3" :: List.map sparse rows) folder

                        lines
                            $"{name}_X_Y.txt"
                            ($"{rows.Length} 3"
                             :: (rows |> List.map (fun r -> ids r |> List.map (sprintf "%d:1") |> join " ")))
                            folder
            Options = options
            Paths = [ "" ]
            ById = true
        }
        { parts "Mulan's ARFF with XML" "" [] (fun _ -> "") with
            Write =
                fun folder ->
                    for name, rows in [ "notes-train", train; "notes-test", test ] do
                        let line (r: Row) =
                            join "," (cells r @ List.map string (flags r))

                        lines
                            $"{name}.arff"
                            ([ "@relation notes" ] @ attributes false @ [ "@data" ] @ List.map line rows)
                            folder

                    let xml = labels |> List.map (fun l -> $"""<label name="{l}"></label>""")

                    lines
                        "notes.xml"
                        ([ "<labels xmlns=\"http://mulan.sourceforge.net/labels\">" ]
                         @ xml
                         @ [ "</labels>" ])
                        folder
        }
        parts
            "MEKA's ARFF, sparse, -C 3"
            ".arff"
            ([ "@relation 'notes: -C 3'" ] @ attributes true @ [ "@data" ])
            (fun r ->
                let cells =
                    List.map string (flags r) @ cells r
                    |> List.indexed
                    |> List.filter (fun (_, v) -> v <> "0")

                $"""{{{cells |> List.map (fun (i, v) -> $"{i} {v}") |> join ","}}}""")
    ]
