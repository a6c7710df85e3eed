namespace Limen.Core

open System
open Limen
open Limen.Kernels

/// Labels' names as rows to learn from: a row whose text is a label's name, and whose only label it is; it counts as three rows (docs/text.md). A label with few rows,
/// or none, then has those words that say what it means. The rows are the scorers' alone: signals, decision and metrics do not see them.
[<RequireQualifiedAccess>]
module NamedLabels =

    /// How many rows a name counts as.
    let private weight = 3f

    let private isNumbered (word: string) = word |> Seq.exists Char.IsDigit

    /// The words of a label, which white space and underscores part; those with a digit are identifiers ("2457 common transport policy") and left out.
    let text (label: string) : string =
        label.Split([| ' '; '\t'; '_' |], StringSplitOptions.RemoveEmptyEntries)
        |> Array.filter (isNumbered >> not)
        |> String.concat " "

    let rec private features (input: InputSpace) (texts: Rows) : CsrMatrix =
        match input with
        | InputSpace.Views parts
        | InputSpace.Blocks parts -> parts |> List.map (fun part -> features part texts) |> Columns.join
        | InputSpace.Texts _ -> InputSpace.apply input texts
        | _ -> Csr.empty texts.Count (InputSpace.dimension input)

    /// The rows [M, D] of those M of L labels of whose names the input space knows a term, with their label sets [M, L]. Blocks of numbers are empty in them.
    let rows (input: InputSpace) (labels: LabelSpace) : Dataset =
        let texts = labels.Names |> Seq.map text |> Seq.toArray
        let x = features input (Rows.Texts texts)

        let known =
            [|
                for label in 0 .. labels.Count - 1 do
                    if x.RowIndices(label).Length > 0 then
                        label
            |]

        Dataset.create
            (Csr.selectRows known x)
            (CsrMatrix.Trusted(
                known.Length,
                labels.Count,
                Array.init (known.Length + 1) id,
                known,
                Array.create known.Length 1f
            ))

    let private after (names: Dataset) (rows: TrainingRows) : TrainingRows =
        {
            Features = Csr.append rows.Features names.Features
            Labels = Csr.append rows.Labels names.Labels
            Local = Csr.append rows.Local (Csr.empty names.Rows names.Labels.Columns)
            Weights =
                let own =
                    rows.Weights
                    |> Option.defaultWith (fun () -> Array.create rows.Features.Rows 1f)

                Some(Array.append own (Array.create names.Rows weight))
        }

    /// The scorer, which learns from these rows after its own, each of weight 3.
    let scorer (names: Dataset) (scorer: Scorer) : Scorer =
        scorer
        |> Scorer.around (fun training ->
            scorer
            |> Scorer.fit
                { training with
                    Rows = after names training.Rows
                })
