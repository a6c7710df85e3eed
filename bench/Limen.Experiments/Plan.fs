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

/// Which of the experiments to run; an empty list names all.
type Selection =
    {
        Studies: string list
        Sets: string list
        /// The most seeds of an experiment.
        Seeds: int option
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

    /// Names in a selection that stand for nothing.
    let faults (data: string option) (selection: Selection) : string list =
        let quoted (name: string) =
            if name.Contains ',' then $"\"{name}\"" else name

        let unknown kind known chosen =
            [
                for name in chosen do
                    if not (List.contains name known) then
                        let known = known |> List.map quoted |> String.concat ", "
                        $"{kind}: expected one of {known}, received {name}"
            ]

        let sets = studies |> List.collect (_.Tasks >> List.map fst) |> List.distinct

        unknown "studies" (studies |> List.map _.Name |> List.distinct) selection.Studies
        @ unknown "sets" (sets |> List.filter (Task.exists data)) selection.Sets

    /// The studies as far as their data are there; where none of a study's is, it runs once on the embedded default. Every first seed
    /// comes before any second: an interrupted run has something to say on every study.
    let jobs (data: string option) (selection: Selection) : (Job * Study) list =
        let isChosen chosen name =
            List.isEmpty chosen || List.contains name chosen

        [
            for study in studies |> List.filter (fun study -> isChosen selection.Studies study.Name) do
                let there = study.Tasks |> List.filter (fst >> Task.exists data)

                for task, seeds in (if there.IsEmpty then [ Task.embedded, 1 ] else there) do
                    if isChosen selection.Sets task then
                        for seed in 1 .. selection.Seeds |> Option.map (min seeds) |> Option.defaultValue seeds do
                            {
                                Study = study.Name
                                Task = task
                                Seed = seed
                            },
                            study
        ]
        |> List.distinctBy fst
        |> List.sortBy (fun (job, _) -> job.Seed)
