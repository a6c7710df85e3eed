namespace Limen.Bench

open System.IO

/// What a comparison needs beside the synthetic rows and its peer's package.
type Need =
    /// The rows of EURLEX57K.
    | Eurlex

/// What is compared.
type Goal =
    /// The seconds of a unit of work: the median over so many interleaved runs.
    | Speed of runs: int
    /// One training each: the seconds until both have reached the lower of the two best values.
    | EqualQuality
    /// One training each: the seconds until we have reached the peer's best value, against its whole training.
    | PeersBest

/// A comparison: our worker's arguments, the peer's script and arguments, and the package that it comes from.
type Row =
    {
        Name: string
        Needs: Need list
        Goal: Goal
        Threads: int
        Ours: string list
        Script: string
        Peer: string list
        Package: string
        Note: string
    }

[<RequireQualifiedAccess>]
module Rows =

    let private hidden = "256"

    let private speed name needs threads ours (script, peer) package note =
        {
            Name = name
            Needs = needs
            Goal = Speed 5
            Threads = threads
            Ours = ours
            Script = script
            Peer = peer
            Package = package
            Note = note
        }

    let private step name size dropout script peer note =
        speed
            name
            []
            2
            [ "step"; size; hidden; dropout ]
            (script, [ size; hidden; dropout ] @ peer)
            "python3-torch"
            note

    let private steps =
        let dropout = string Steps.dropout

        let shape =
            "D 203,882, 71 non-zeros a row, L 13,330, hidden 256; peak counted from the first step on"

        [
            for size in [ "128"; "512" ] do
                    step
                        $"step-b{size}-torch"
                        size
                        dropout
                        "step.py"
                        [ "dense" ]
                        $"EmbeddingBag, composed loss, Adam; {shape}"

                    step
                        $"step-b{size}-torch-sparse"
                        size
                        dropout
                        "step.py"
                        [ "sparse" ]
                        $"EmbeddingBag(sparse=True), SparseAdam; {shape}"
            step
                    "step-b128-paper"
                    "128"
                    "0.3"
                    "paper.py"
                    []
                    $"dense input [B, D], the authors' loss and dropout, AdamW; {shape}"
        ]

    /// All but the trainings; queries: of how many rows the neighbours are searched.
    let private jobs (queries: int) : Row list =
        let eurlex = speed
        let sklearn = "python3-sklearn"

        [
            speed
                "loss-512x13330"
                []
                2
                [ "loss"; "512" ]
                ("loss.py", [ "512" ])
                "python3-torch"
                "composed in Python torch, dense labels and KNN; ours sparse, 0.3 % KNN"
            yield! steps
            eurlex
                "knn-eurlex-sklearn"
                [ Eurlex ]
                2
                [ "knn"; string queries ]
                ("knn.py", [ string queries ])
                sklearn
                $"the first {queries:N0} rows as queries for both, against 45,000, K = 30 and the row itself; index included"
            eurlex
                "read-svmlight-sklearn"
                [ Eurlex ]
                1
                [ "read" ]
                ("read.py", [])
                sklearn
                "load_svmlight_file; one core for both"
            eurlex
                "read-cached-sklearn"
                [ Eurlex ]
                1
                [ "cached" ]
                ("read.py", [])
                sklearn
                "our second run against load_svmlight_file, which keeps nothing; one core for both"
            eurlex
                "decisions-numpy"
                [ Eurlex ]
                2
                [ "decisions" ]
                ("decisions.py", [ "dense" ])
                "python3-numpy"
                "the F1-optimal cut of 4,271 labels over 45,000 rows; NumPy sorts the columns of the dense score matrix, ours the score lists"
            eurlex
                "f1-sklearn"
                [ Eurlex ]
                2
                [ "f1" ]
                ("f1.py", [])
                sklearn
                "macro-F1 of 45,000 label sets, scipy.sparse on the peer's side"
            speed
                "predict-batch"
                []
                1
                [ "predict"; "512"; hidden ]
                ("predict.py", [ "512"; hidden ])
                "python3-torch"
                "seconds a row, L 13,330, top 50, 512 rows at a time, one core"
            speed
                "predict-single"
                []
                1
                [ "predict"; "1"; hidden ]
                ("predict.py", [ "1"; hidden ])
                "python3-torch"
                "seconds a row, L 13,330, top 50, one row at a time, one core"
        ]

    /// Whole trainings, once each.
    let trainings: Row list =
        let training name needs goal ours (script, peer) package note =
            {
                Name = name
                Needs = needs
                Goal = goal
                Threads = 2
                Ours = ours
                Script = script
                Peer = peer
                Package = package
                Note = note
            }

        [
            training
                "train-eurlex-torch"
                [ Eurlex ]
                EqualQuality
                [ "train"; "512"; "4" ]
                ("train.py", [ "512"; "4" ])
                "python3-torch"
                "one training each: 4 epochs, hidden 512, batch 256, the KNN signal given to both"
            training
                "train-eurlex-fasttext"
                [ Eurlex ]
                PeersBest
                [ "train-from-file"; "512"; "3" ]
                ("fasttext.py", [ "10" ])
                "fasttext"
                "one training each, from the file: fastText -loss ova, dim 200, 10 epochs; ours 3 epochs, hidden 512, the neighbours' search included"
        ]

    /// The comparisons that --quick makes: all but the trainings, neighbours of a share of the rows.
    let quick: Row list = jobs 1_500

    /// Every comparison; the neighbours of all rows are searched once by each side.
    let whole: Row list =
        (jobs 45_000
         |> List.map (fun row ->
             if row.Name = "knn-eurlex-sklearn" then
                 { row with Goal = Speed 1 }
             else
                 row))
        @ trainings

    /// The folder and, where a script reads one, the file go before the other arguments.
    let ours (folder: string) (row: Row) : string list =
        row.Ours.Head :: folder :: row.Ours.Tail

    let peer (folder: string) (row: Row) : string list =
        match row.Script with
        | "read.py" -> [ Path.Combine(folder, "eurlex.svm") ]
        | _ -> folder :: row.Peer
