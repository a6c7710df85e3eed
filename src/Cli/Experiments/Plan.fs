namespace Limen.Cli

/// A study with the data sets that it runs on and the seeds on each: as many as its cost allows.
[<ReferenceEquality>]
type Study =
    {
        Name: string
        /// Data set and number of seeds.
        Tasks: (string * int) list
        Run: int -> Task -> Finding list
    }

/// One run of a study, the unit in which the report grows.
type Job =
    {
        Study: string
        Task: string
        Seed: int
    }

[<RequireQualifiedAccess>]
module Plan =

    let private each seeds names =
        names |> List.map (fun name -> name, seeds)

    /// From dense label sets to sparse ones, and clinical codes.
    let private small =
        [
            "emotions"
            "yeast"
            "cal500"
            "enron"
            "corel5k"
            "bibtex"
            "stackex_cooking"
            "codiesp-d"
        ]

    let private some = [ "bibtex"; "codiesp-d" ]

    /// Every study. Small sets come three times with other seeds, large ones once.
    let studies: Study list =
        [
            {
                Name = "rules"
                Tasks =
                    each 3 small
                    @ [
                        "rcv1sub1", 1
                        "delicious", 2
                        "goemotions", 1
                        Task.embedded, 1
                        "eurlex57k", 1
                    ]
                Run = Studies.rules
            }
            {
                Name = "signals"
                Tasks = each 3 [ "corel5k"; "bibtex"; "codiesp-d" ] @ [ Task.embedded, 1 ]
                Run = Studies.signals
            }
            {
                Name = "signals, labels leaked"
                Tasks = each 3 [ "corel5k"; "bibtex"; "codiesp-d" ] @ [ Task.embedded, 1 ]
                Run = Studies.leakedSignals
            }
            {
                Name = "local signal"
                Tasks = each 3 some
                Run = Studies.locals
            }
            {
                Name = "alpha"
                Tasks = each 3 (some @ [ "enron" ])
                Run = Studies.alphas
            }
            {
                Name = "margin"
                Tasks = each 3 some
                Run = Studies.margins
            }
            {
                Name = "linear cut"
                Tasks = [ "bibtex", 1; "eurlex57k", 1 ]
                Run = Studies.prunes
            }
        ]

    /// The studies as far as their data are there; where none of a study's is, it runs on the embedded default. No experiment
    /// has more than `most` seeds.
    let jobs (data: string option) (most: int) : (Job * Study) list =
        [
            for study in studies do
                let there = study.Tasks |> List.filter (fst >> Task.exists data)

                for task, seeds in (if there.IsEmpty then [ Task.embedded, 1 ] else there) do
                    for seed in 1 .. min most seeds do
                        {
                            Study = study.Name
                            Task = task
                            Seed = seed
                        },
                        study
        ]
