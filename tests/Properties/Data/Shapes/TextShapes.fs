/// Texts and tables.
module Limen.Properties.TextShapes

open System.IO
open Limen
open Limen.Properties.Shape

let shapes: Shape list =
    [
        parts "a table of posts with tags" ".csv" [ "Id,Body,Tags" ] (fun r ->
            $"""{r.Number},{quoted r.Text},{join "|" r.Labels}""")
        parts "a table from Excel, with semicolons" ".csv" [ "text;labels" ] (fun r ->
            $"""{quoted r.Text};{quoted (join ", " r.Labels)}""")
        parts "Jigsaw's comments, one-hot" ".csv" [ $"""id,comment_text,{join "," labels}""" ] (fun r ->
            $"""{r.Number},{quoted r.Text},{flags r |> join ","}""")
        parts "SemEval's tweets, one-hot with tabs" ".txt" [ $"""ID{'\t'}Tweet{'\t'}{join "\t" labels}""" ] (fun r ->
            $"""{r.Number}{'\t'}{r.Text.Replace("\"", "'")}{'\t'}{flags r |> join "\t"}""")
        parts "a table of Python lists" ".csv" [ "title,genres" ] (fun r ->
            let list = r.Labels |> List.map (sprintf "'%s'") |> join ", "
            $"""{quoted r.Text},{quoted $"[{list}]"}""")
        parts
            "a table of numbers with prefixed labels"
            ".csv"
            [ $"""f0,f1,f2,{labels |> List.map ((+) "y_") |> join ","}""" ]
            (fun r -> $"""{join "," (cells r)},{flags r |> join ","}""")
        |> withFields (Fields(LabelPrefix = "y_"))
        parts "JSON lines of names" ".jsonl" [] (fun r ->
            $"""{{"text": {json r.Text}, "labels": [{r.Labels |> List.map json |> join ", "}]}}""")
        parts "GoEmotions of Hugging Face: ids, names in dataset_info.json" ".jsonl" [] (fun r ->
            $"""{{"text": {json r.Text}, "labels": [{ids r |> join ", "}], "id": "e{r.Number}"}}""")
        |> also (
            lines
                "dataset_info.json"
                [
                    $"""{{"features": {{"labels": {{"feature": {{"names": [{labels |> List.map json |> join ", "}], "_type": "ClassLabel"}}}}}}}}"""
                ]
        )
        parts "multi-hot labels of Hugging Face" ".jsonl" [] (fun r ->
            $"""{{"text": {json r.Text}, "labels": [{flags r |> List.map (sprintf "%d.0") |> join ", "}]}}""")
        |> byId
        parts "EURLEX57K's documents" ".jsonl" [] (fun r ->
            $"""{{"celex_id": "3{r.Number}", "title": "no", "text": {json r.Text}, "eurovoc_concepts": [{r.Labels |> List.map json |> join ", "}]}}""")
        parts "XMC's raw texts with target_ind" ".json" [] (fun r ->
            $"""{{"uid": "{r.Number}", "title": {json r.Text}, "target_ind": [{ids r |> join ", "}], "target_rel": [1.0]}}""")
        |> byId
        { parts "one JSON array" ".json" [] (fun _ -> "") with
            Write =
                fun folder ->
                    for name, rows in [ "train", train; "test", test ] do
                        let item r =
                            $"""{{"body": {json r.Text}, {'\n'} "tags": "{join ";" r.Labels}"}}"""

                        File.WriteAllText(
                            Path.Combine(folder, $"{name}.json"),
                            $"""[{rows |> List.map item |> join ","}]"""
                        )
        }
        parts "fastText's lines" ".txt" [] (fun r ->
            $"""{r.Labels |> List.map ((+) "__label__") |> join " "} {r.Text}""")
        parts "LibMultiLabel's lines" ".txt" [] (fun r -> $"""{r.Number}{'\t'}{join " " r.Labels}{'\t'}{r.Text}""")
        parts "Annif's short texts" ".tsv" [] (fun r ->
            $"""{r.Text}{'\t'}{r.Labels |> List.map (sprintf "<%s>") |> join " "}""")
        {
            Name = "Annif's full texts"
            Write =
                fun folder ->
                    for name, rows in [ "train", train; "test", test ] do
                        for r in rows do
                            lines $"{name}/d{r.Number:D3}.txt" [ r.Text ] folder

                            if r.Number % 2 = 0 then
                                lines
                                    $"{name}/d{r.Number:D3}.tsv"
                                    (r.Labels |> List.map (fun l -> $"<{l}>\tword"))
                                    folder
                            else
                                lines $"{name}/d{r.Number:D3}.key" r.Labels folder
            Options = options
            Paths = [ "" ]
            ById = false
        }
    ]
