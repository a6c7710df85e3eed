/// Saving: whatever happens, the folder is the old or the new model, whole.
module Limen.Properties.SavingProperties

open System
open System.IO
open System.Threading.Tasks
open Expecto
open Limen
open Limen.Core

let private model = SmallProblem.model

/// Another model, told from the first by what it proposes.
let private other =
    lazy
        ({ model.Value with
            Ranker =
                { model.Value.Ranker with
                    Candidates = model.Value.Ranker.Candidates + 1
                }
        })

let private isWhole (loaded: Model) =
    List.contains loaded.Ranker.Candidates [ model.Value.Ranker.Candidates; other.Value.Ranker.Candidates ]

let private inModelFolder (test: string -> string -> unit) =
    TemporaryFolder.using (fun around -> test around (Path.Combine(around, "model")))

let private savedBy replacement folder (m: Model) =
    Store.saveBy replacement folder (Whole m)

/// What a save leaves that was killed: its folder, with what it had got to.
let private dead (folder: string) (old: bool) (fresh: Model option) : string =
    let left = $"{folder}.{Guid.NewGuid():N}.saving"
    Directory.CreateDirectory left |> ignore
    File.WriteAllText(Path.Combine(left, "lock"), "")

    if old then
        Directory.Move(folder, Path.Combine(left, "old"))

    match fresh with
    | Some m -> Store.save (Path.Combine(left, "new")) m
    | None -> ()

    left

let private bytes (folder: string) =
    Directory.GetFiles folder
    |> Array.sort
    |> Array.map (fun file -> Path.GetFileName file, File.ReadAllBytes file)

[<Tests>]
let tests =
    testList
        "Saving"
        [
            testTheory "either way leaves the new model alone" [ InOneStep; InTwoSteps ] (fun replacement ->
                inModelFolder (fun around folder ->
                    for m in [ model.Value; other.Value; model.Value ] do
                        savedBy replacement folder m
                        Require.equal m.Ranker.Candidates (Store.load folder).Ranker.Candidates
                        Require.equal [| folder |] (Directory.GetFileSystemEntries around)))

            testCase "two fits of one seed are saved byte by byte the same" (fun () ->
                TemporaryFolder.using (fun around ->
                    let train, validation = SmallProblem.dataset 100 1, SmallProblem.dataset 40 2

                    for name in [ "a"; "b" ] do
                        SmallProblem.fit SmallProblem.options train (Some validation)
                        |> Store.save (Path.Combine(around, name))

                    Require.equal (bytes (Path.Combine(around, "a"))) (bytes (Path.Combine(around, "b")))))

            testCase "what a model was made from is saved with it" (fun () ->
                inModelFolder (fun _ folder ->
                    Store.save folder model.Value
                    let origin = (Store.load folder).Origin
                    Require.equal (Origin.hash (SmallProblem.dataset 300 1)) origin.Data
                    Require.equal SmallProblem.options.Seed origin.Seed
                    Require.startsWith "perceptron: " origin.Options["scorer 1"]
                    Require.isTrue (Origin.hash (SmallProblem.dataset 300 2) <> origin.Data)))

            testCase "what dead saves left is removed by the next one" (fun () ->
                inModelFolder (fun around folder ->
                    Store.save folder model.Value
                    dead folder false None |> ignore
                    dead folder false (Some other.Value) |> ignore
                    // killed while it wrote
                    let unfinished = dead folder false (Some other.Value)
                    File.WriteAllText(Path.Combine(unfinished, "new", "manifest.json"), "{ \"For")
                    // killed before it locked its folder, or after
                    Directory.CreateDirectory $"{folder}.{Guid.NewGuid():N}.saving" |> ignore
                    Store.save folder model.Value
                    Require.equal [| folder |] (Directory.GetFileSystemEntries around)))

            testCase "what is not certainly a dead save's stays" (fun () ->
                inModelFolder (fun _ folder ->
                    Store.save folder model.Value
                    let alive = dead folder false (Some other.Value)

                    use _lock =
                        new FileStream(Path.Combine(alive, "lock"), FileMode.Open, FileAccess.Write, FileShare.None)

                    let unlike =
                        [
                            $"{folder}.saving"
                            $"{folder}.0123.saving"
                            $"{folder}.{Guid.NewGuid():N}.old"
                            $"{folder}er.{Guid.NewGuid():N}.saving"
                        ]

                    for path in unlike do
                        Directory.CreateDirectory path |> ignore

                    // a user's own files in the folder of a dead save
                    let strange = dead folder false None
                    File.WriteAllText(Path.Combine(strange, "thesis.txt"), "ten years")
                    Store.save folder model.Value

                    for path in alive :: strange :: unlike do
                        Require.isTrue (Directory.Exists path)

                    Require.equal "ten years" (File.ReadAllText(Path.Combine(strange, "thesis.txt")))))

            testTheory
                "between two steps, the model is read where it is, and the next save finishes"
                [ false; true ]
                (fun isFinished ->
                    inModelFolder (fun around folder ->
                        Store.save folder model.Value
                        let whole = if isFinished then other.Value else model.Value
                        dead folder true (if isFinished then Some other.Value else None) |> ignore
                        Require.isFalse (Directory.Exists folder)
                        Require.equal whole.Ranker.Candidates (Store.load folder).Ranker.Candidates
                        Store.save folder model.Value
                        Require.equal model.Value.Ranker.Candidates (Store.load folder).Ranker.Candidates
                        Require.equal [| folder |] (Directory.GetFileSystemEntries around)))

            // takes as long as the savers need
            testTheory
                "four savers and four loaders at once: each load is whole"
                [ InOneStep; InTwoSteps ]
                (fun replacement ->
                    inModelFolder (fun around folder ->
                        Store.save folder model.Value
                        let loads = if Cases.isProof then 2_000 else 200
                        let models = [| model.Value; other.Value |]
                        // each on a thread of its own: a pool may start some when others are done
                        let thread (work: unit -> unit) =
                            Task.Factory.StartNew(work, TaskCreationOptions.LongRunning)

                        let loaders =
                            [|
                                for _ in 0..3 ->
                                    thread (fun () ->
                                        for _ in 1..loads do
                                            Require.isTrue (isWhole (Store.load folder)))
                            |]

                        let loaded = Task.WhenAll loaders

                        let savers =
                            [|
                                for s in 0..3 ->
                                    thread (fun () ->
                                        let mutable saves = 0

                                        while saves < 2 || not loaded.IsCompleted do
                                            savedBy replacement folder models[(s + saves) % 2]
                                            saves <- saves + 1)
                            |]

                        Task.WaitAll [| loaded; yield! savers |]
                        Require.equal [| folder |] (Directory.GetFileSystemEntries around)))

            testCase "the folder keeps who may read it" (fun () ->
                if OperatingSystem.IsWindows() then
                    skiptest "modes of Unix"

                inModelFolder (fun _ folder ->
                    Store.save folder model.Value

                    let mine =
                        UnixFileMode.UserRead ||| UnixFileMode.UserWrite ||| UnixFileMode.UserExecute

                    File.SetUnixFileMode(folder, mine)
                    Store.save folder model.Value
                    Require.equal mine (File.GetUnixFileMode folder)))

            testCase "a model that holds training rows is not saved without them" (fun () ->
                inModelFolder (fun _ folder ->
                    Require.refusal<InvalidOperationException>(fun () ->
                        Store.saveWithoutRows folder model.Value
                        null)
                    |> Require.contains "the features and label sets of 300 training rows"

                    Require.isFalse (Directory.Exists folder)

                    SmallProblem.fit
                        { SmallProblem.options with
                            Local = Some(ClusterNeighbours.signal ClusterNeighbours.defaults)
                        }
                        (SmallProblem.dataset 60 1)
                        (Some(SmallProblem.dataset 40 2))
                    |> Store.saveWithoutRows folder

                    Store.load folder |> ignore))
        ]
