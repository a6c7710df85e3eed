namespace Limen.Bench

open System.IO

/// What is compared.
type Goal =
    /// The seconds of a unit of work: the median over so many interleaved runs.
    | Speed of runs: int
    /// One training each: the seconds until both have reached the lower of the two best values.
    | EqualQuality
    /// One training each: the seconds until we have reached the peer's best value, against its whole training.
    | PeersBest
    /// One training each: its seconds, and beside them what both models come to.
    | WholeFit

/// A comparison: what it needs beside the synthetic rows, our worker's arguments, and the peer.
type Row =
    {
        Name: string
        Needs: DataSet list
        Goal: Goal
        Threads: int
        Ours: string list
        Peer: Peer
        Note: string
    }

[<RequireQualifiedAccess>]
module Rows =

    let private hidden = "256"

    let private torch script arguments =
        Script(script, "python3-torch", arguments)

    let private sklearn script arguments =
        Script(script, "python3-sklearn", arguments)

    let private torchSharp arguments = Program("TorchSharp", arguments)

    let private speed name needs threads ours peer note =
        {
            Name = name
            Needs = needs
            Goal = Speed 5
            Threads = threads
            Ours = ours
            Peer = peer
            Note = note
        }

    let private steps =
        let dropout = string Steps.dropout

        let shape =
            "D 203,882, 71 non-zeros a row, L 13,330, hidden 256; peak counted from the first step on"

        let step name size dropout peer note =
            speed name [] 2 [ "step"; size; hidden; dropout ] peer $"{note}; {shape}"

        [
            for size in [ "128"; "512" ] do
                let arguments = [ size; hidden; dropout ]

                step
                    $"step-b{size}-torch"
                    size
                    dropout
                    (torch "step.py" (arguments @ [ "dense" ]))
                    "EmbeddingBag, composed loss, Adam"

                step
                    $"step-b{size}-torch-sparse"
                    size
                    dropout
                    (torch "step.py" (arguments @ [ "sparse" ]))
                    "EmbeddingBag(sparse=True), SparseAdam"

                step
                    $"step-b{size}-torchsharp"
                    size
                    dropout
                    (torchSharp ("step" :: arguments))
                    "EmbeddingBag, composed loss, Adam, in C#"
            step
                "step-b128-paper"
                "128"
                "0.3"
                (torch "paper.py" [ "128"; hidden; "0.3" ])
                "dense input [B, D], the authors' loss and dropout, AdamW"
        ]

    /// All but the trainings; queries: of how many rows the neighbours are searched.
    let private jobs (queries: int) : Row list =
        [
            speed
                "loss-512x13330"
                []
                2
                [ "loss"; "512" ]
                (torch "loss.py" [ "512" ])
                "composed in Python torch, dense labels and KNN; ours sparse, 0.3 % KNN"
            speed
                "loss-512x13330-torchsharp"
                []
                2
                [ "loss"; "512" ]
                (torchSharp [ "loss"; "512" ])
                "composed in C#, dense labels and KNN; ours sparse, 0.3 % KNN"
            yield! steps
            speed
                "knn-eurlex-sklearn"
                [ Eurlex57k ]
                2
                [ "knn"; string queries ]
                (sklearn "knn.py" [ string queries ])
                $"the first {queries:N0} rows as queries for both, against 45,000, K = 30 and the row itself; index included"
            speed
                "read-svmlight-sklearn"
                [ Eurlex57k ]
                1
                [ "read" ]
                (sklearn "read.py" [])
                "load_svmlight_file; one core for both"
            speed
                "read-cached-sklearn"
                [ Eurlex57k ]
                1
                [ "cached" ]
                (sklearn "read.py" [])
                "our second run against load_svmlight_file, which keeps nothing; one core for both"
            speed
                "decisions-numpy"
                [ Eurlex57k ]
                2
                [ "decisions" ]
                (Script("decisions.py", "python3-numpy", [ "dense" ]))
                "the F1-optimal cut of 4,271 labels over 45,000 rows; NumPy sorts the columns of the dense score matrix, ours the score lists"
            speed
                "f1-sklearn"
                [ Eurlex57k ]
                2
                [ "f1" ]
                (sklearn "f1.py" [])
                "macro-F1 of 45,000 label sets, scipy.sparse on the peer's side"
            speed
                "predict-batch"
                []
                1
                [ "predict"; "512"; hidden ]
                (torch "predict.py" [ "512"; hidden ])
                "seconds a row, L 13,330, top 50, 512 rows at a time, one core"
            speed
                "predict-single"
                []
                1
                [ "predict"; "1"; hidden ]
                (torch "predict.py" [ "1"; hidden ])
                "seconds a row, L 13,330, top 50, one row at a time, one core"
        ]

    /// Whole trainings, once each; limit: the seconds after which ML.NET starts no further label.
    let private trainings (limit: int) : Row list =
        let training name needs goal ours peer note =
            {
                Name = name
                Needs = needs
                Goal = goal
                Threads = 2
                Ours = ours
                Peer = peer
                Note = note
            }

        let mlNet name set files =
            training
                name
                [ set ]
                WholeFit
                [ "fit"; DataSet.folder set ]
                (Program("MlNet", [ files; string limit ]))
                $"one training each: ours as `limen train`, ML.NET an averaged perceptron for each label on the TF-IDF rows, two labels at a time, its seconds extrapolated to all labels where {limit:N0} s do not do"

        [
            training
                "train-eurlex-torch"
                [ Eurlex57k ]
                EqualQuality
                [ "train"; "512"; "4" ]
                (torch "train.py" [ "512"; "4" ])
                "one training each: 4 epochs, hidden 512, batch 256, the KNN signal given to both"
            training
                "train-eurlex-fasttext"
                [ Eurlex57k ]
                PeersBest
                [ "train-from-file"; "512"; "3" ]
                (Script("fasttext.py", "fasttext", [ "10" ]))
                "one training each, from the file: fastText -loss ova, dim 200, 10 epochs; ours 3 epochs, hidden 512, the neighbours' search included"
            mlNet "fit-bibtex-mlnet" Bibtex "bibtex"
            mlNet "fit-delicious-mlnet" Delicious "delicious"
            mlNet "fit-eurlex-mlnet" Eurlex57k "eurlex"
        ]

    /// Half an hour.
    let limit = 1_800

    /// The comparisons that --quick makes: all but the trainings, neighbours of a share of the rows.
    let quick: Row list = jobs 1_500

    /// Every comparison by name, as --quick makes those that it makes.
    let named (limit: int) : Row list = quick @ trainings limit

    /// Every comparison; the neighbours of all rows are searched once by each side.
    let whole: Row list =
        (jobs 45_000
         |> List.map (fun row ->
             if row.Name = "knn-eurlex-sklearn" then
                 { row with Goal = Speed 1 }
             else
                 row))
        @ trainings limit

    /// The folder goes before our worker's other arguments.
    let ours (folder: string) (row: Row) : string list =
        row.Ours.Head :: folder :: row.Ours.Tail

    /// The folder or, where a script reads one, the file goes before the peer's other arguments.
    let peer (folder: string) (row: Row) : Peer =
        match row.Peer with
        | Script("read.py", _, _) -> row.Peer |> Peer.withArguments (fun _ -> [ Path.Combine(folder, "eurlex.svm") ])
        | peer -> peer |> Peer.withArguments (fun rest -> folder :: rest)
