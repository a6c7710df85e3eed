namespace Limen.Experiments

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

    /// Where many variants are trained anew: small text, clinical codes with a long tail.
    let private some = each 3 [ "enron"; "codiesp-d" ]

    /// Every study. Small sets come three times with other seeds, large ones once.
    let studies: Study list =
        [
            {
                Name = "defaults"
                Tasks =
                    each 3 [ "emotions"; "yeast"; "cal500"; "enron" ]
                    @ each
                        1
                        [
                            "codiesp-d"
                            "corel5k"
                            "bibtex"
                            "stackex_cooking"
                            "rcv1sub1"
                            Task.embedded
                            "goemotions"
                        ]
                Run = DefaultsStudies.defaults
            }
            {
                Name = "rules"
                Tasks =
                    each 3 [ "emotions"; "yeast"; "cal500"; "enron"; "codiesp-d" ]
                    @ each 2 [ "corel5k"; "bibtex"; "stackex_cooking" ]
                    @ each 1 [ "delicious"; "rcv1sub1"; Task.embedded; "goemotions" ]
                Run = RuleStudies.rules
            }
            {
                Name = "signals"
                Tasks = some @ each 2 [ "bibtex"; "corel5k" ]
                Run = Studies.signals
            }
            {
                Name = "signals, labels leaked"
                Tasks = some @ each 2 [ "bibtex"; "corel5k" ]
                Run = Studies.leakedSignals
            }
            {
                Name = "local signal"
                Tasks = some
                Run = Studies.locals
            }
            {
                Name = "margin"
                Tasks = some
                Run = Studies.margins
            }
            {
                Name = "alpha"
                Tasks = some
                Run = Studies.alphas
            }
            {
                Name = "rules"
                Tasks = each 1 [ "eurlex57k" ]
                Run = RuleStudies.rules
            }
            {
                Name = "defaults"
                Tasks = each 1 [ "eurlex57k" ]
                Run = DefaultsStudies.defaults
            }
            {
                Name = "linear cut"
                Tasks = each 1 [ "eurlex57k" ]
                Run = Studies.prunes
            }
        ]

    /// The studies as far as their data are there; where none of a study's is, it runs once on the embedded default. No experiment
    /// has more than `most` seeds. Every first seed comes before any second: an interrupted run has something to say on every study.
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
        |> List.distinctBy fst
        |> List.sortBy (fun (job, _) -> job.Seed)
