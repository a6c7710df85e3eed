module Limen.Properties.CheckpointProperties

open System
open System.IO
open System.Threading
open Expecto
open Limen
open Limen.Core

let private train = SmallProblem.dataset 90 1

let private validation = SmallProblem.dataset 40 2

/// Two networks and linear models, cross-fitted: everything that leaves something on the way.
let private options =
    { SmallProblem.options with
        Scorers =
            [
                Perceptron.scorer (SmallProblem.perceptron ()) |> Ensemble.scorer (Some 2)
                Linear.scorer LinearOptions.standard
            ]
        DecisionRows = Some(DecisionRows.CrossFit(3, 1))
    }

let private shortlisted =
    { options with
        Scorers =
            [
                let settings = SmallProblem.perceptron ()
                settings.Shortlist <- Nullable 2
                settings.HiddenLayers <- [| 12; 6 |]
                Perceptron.scorer settings
            ]
        DecisionRows = Some DecisionRows.ValidationThenAll
    }

let private kept (every: TimeSpan) folder (o: ModelOptions) =
    { o with
        Checkpoints = Some { Folder = folder; Every = every }
    }

let private at folder name = Path.Combine(folder, name)

let private fitTo progress (cancellation: CancellationToken) (o: ModelOptions) : Model =
    Model.fit o SmallProblem.space (Features SmallProblem.features) train (Some validation) progress cancellation

let private fit (o: ModelOptions) = fitTo ignore CancellationToken.None o

/// What is saved of a model, file by file.
let private saved (model: Model) : (string * string) list =
    TemporaryFolder.using (fun folder ->
        let target = at folder "model"
        Store.save target model

        [
            for file in Directory.GetFiles target |> Array.sort ->
                Path.GetFileName file,
                Convert.ToHexString(Security.Cryptography.SHA256.HashData(File.ReadAllBytes file))
        ])

/// A fit that is cancelled at its n-th report; whether it was.
let private isCancelledAt (n: int) (o: ModelOptions) : bool =
    use source = new CancellationTokenSource()
    let mutable reports = 0

    let progress (_: TrainingProgress) =
        reports <- reports + 1

        if reports = n then
            source.Cancel()

    try
        fitTo progress source.Token o |> ignore
        false
    with :? OperationCanceledException ->
        true

/// Ends early after a number of reports, each time further on, and once more after the next one.
let private resumesAlike (every: TimeSpan) (o: ModelOptions) =
    let whole = saved (fit o)
    let mutable ended = 0

    for n in [ 2; 9; 17; 30 ] do
        TemporaryFolder.using (fun folder ->
            let o = o |> kept every (at folder "checkpoint")

            if isCancelledAt n o then
                ended <- ended + 1
                isCancelledAt 2 o |> ignore
                Require.equal whole (saved (fit o)))

    Require.atLeast 3 ended

let private refused (folder: string) (o: ModelOptions) : string =
    Require.refusal<ConfigurationException>(fun () -> fit (kept TimeSpan.Zero folder o))

[<Tests>]
let tests =
    testList
        "Checkpoint"
        [
            testCase "a fit that ended early goes on to the model of an uninterrupted one" (fun () ->
                resumesAlike TimeSpan.Zero options)

            testCase "so it does from what was left when it was cancelled alone" (fun () ->
                resumesAlike (TimeSpan.FromHours 1.0) options)

            testCase "so do shortlists, inner layers and a second fit of all rows" (fun () ->
                resumesAlike TimeSpan.Zero shortlisted)

            testCase "a finished fit is taken, not made again" (fun () ->
                TemporaryFolder.using (fun folder ->
                    let o = options |> kept TimeSpan.Zero (at folder "checkpoint")
                    let first = fit o
                    let mutable trained = 0

                    let again =
                        fitTo
                            (fun p ->
                                if p.Scorer > 0 then
                                    trained <- trained + 1)
                            CancellationToken.None
                            o

                    Require.equal 0 trained
                    Require.equal (saved first) (saved again)))

            testCase "other options are refused by name" (fun () ->
                TemporaryFolder.using (fun folder ->
                    fit (kept TimeSpan.Zero folder options) |> ignore

                    let others =
                        [
                            "Candidates", { options with Candidates = 4 }
                            "Seed", { options with Seed = Seed.ofInt 9 }
                            "C",
                            { options with
                                Scorers =
                                    [ options.Scorers.Head; Linear.scorer { LinearOptions.standard with C = 2.0 } ]
                            }
                            "learningRate",
                            { options with
                                Scorers =
                                    [
                                        let settings = SmallProblem.perceptron ()
                                        settings.LearningRate <- 0.02
                                        Perceptron.scorer settings |> Ensemble.scorer (Some 2)
                                        options.Scorers[1]
                                    ]
                            }
                            "members",
                            { options with
                                Scorers =
                                    [
                                        Perceptron.scorer (SmallProblem.perceptron ()) |> Ensemble.scorer (Some 3)
                                        options.Scorers[1]
                                    ]
                            }
                            "Local", { options with Local = None }
                        ]

                    for name, other in others do
                        let message = refused folder other
                        Require.contains "is of another fit" message
                        Require.contains (name.ToLowerInvariant()) (message.ToLowerInvariant())))

            testCase "other rows are refused by name" (fun () ->
                TemporaryFolder.using (fun folder ->
                    let o = kept TimeSpan.Zero folder options
                    fit o |> ignore

                    let refused train validation =
                        Require.refusal<ConfigurationException>(fun () ->
                            Model.fit
                                o
                                SmallProblem.space
                                (Features SmallProblem.features)
                                train
                                validation
                                ignore
                                CancellationToken.None)

                    Require.contains "training rows" (refused (SmallProblem.dataset 90 3) (Some validation))
                    Require.contains "validation rows" (refused train (Some(SmallProblem.dataset 40 3)))
                    Require.contains "validation rows" (refused train None)))

            testTheory "what is damaged is made again" [ ".json"; ".safetensors" ] (fun (ending: string) ->
                TemporaryFolder.using (fun folder ->
                    let o = options |> kept TimeSpan.Zero (at folder "checkpoint")
                    let whole = saved (fit o)

                    let files =
                        Directory.GetFiles(at folder "checkpoint", "*", SearchOption.AllDirectories)
                        |> Array.filter (fun file ->
                            file.EndsWith ending && Path.GetFileName file <> "checkpoint.json")

                    for file in files do
                        let bytes = File.ReadAllBytes file
                        bytes[bytes.Length / 2] <- bytes[bytes.Length / 2] ^^^ 1uy
                        File.WriteAllBytes(file, bytes)

                    Require.atLeast 3 files.Length
                    Require.equal whole (saved (fit o))))

            testCase "a folder with anything else in it is left alone" (fun () ->
                TemporaryFolder.using (fun folder ->
                    File.WriteAllText(at folder "notes.txt", "mine")

                    let error =
                        Require.thrown<IOException>(fun () -> fit (kept TimeSpan.Zero folder options))

                    Require.contains "notes.txt" error.Message
                    Require.equal [ "notes.txt" ] [ for file in Directory.GetFiles folder -> Path.GetFileName file ]))

            testCase "one fit at a time" (fun () ->
                TemporaryFolder.using (fun folder ->
                    let mutable message = ""

                    let o = kept TimeSpan.Zero folder options

                    let progress (p: TrainingProgress) =
                        if p.Scorer > 0 && message = "" then
                            message <- Require.refusal<IOException>(fun () -> fit o)

                    fitTo progress CancellationToken.None o |> ignore
                    Require.contains "another fit" message))

            testCase "removing a checkpoint leaves what else came to lie there" (fun () ->
                TemporaryFolder.using (fun folder ->
                    let place = at folder "checkpoint"
                    fit (kept TimeSpan.Zero place options) |> ignore
                    CheckpointFolder.remove place
                    Require.isFalse (Directory.Exists place)
                    fit (kept TimeSpan.Zero place options) |> ignore
                    File.WriteAllText(at place "notes.txt", "mine")
                    CheckpointFolder.remove place

                    Require.equal
                        [ "notes.txt" ]
                        [ for file in Directory.GetFileSystemEntries place -> Path.GetFileName file ]))
        ]
