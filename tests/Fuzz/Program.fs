/// Tries damaged inputs on every target and prints what became of them. One process tries, another counts and goes on where the first one died.
module Limen.Fuzz.Program

open System
open System.Diagnostics
open System.Globalization
open System.IO
open System.Reflection

/// What a process that tries may allocate: who makes gigabytes of a small file dies.
let private heapLimit = "0x80000000"

type private Plan =
    {
        Inputs: int64
        Seed: int
        Target: string option
        /// The culture of the whole process, which then tries by itself.
        Culture: string option
        /// Set in the process that tries.
        Progress: string option
    }

let private usage = "--inputs N [--seed S] [--target NAME] [--culture NAME]"

let rec private plan (sofar: Plan) (arguments: string list) : Plan =
    match arguments with
    | [] -> sofar
    | "--inputs" :: n :: rest -> plan { sofar with Inputs = int64 n } rest
    | "--seed" :: s :: rest -> plan { sofar with Seed = int s } rest
    | "--target" :: name :: rest -> plan { sofar with Target = Some name } rest
    | "--culture" :: name :: rest -> plan { sofar with Culture = Some name } rest
    | "--progress" :: path :: rest -> plan { sofar with Progress = Some path } rest
    | other :: _ -> failwith $"expected {usage}, received {other}"

let private targets (plan: Plan) : Target[] =
    Targets.all
    |> List.filter (fun target -> plan.Target |> Option.forall ((=) target.Name))
    |> List.toArray

let private said (target: Target) (input: byte[]) (find: Outcome) =
    printfn $"{target.Name}: {Corpus.keep target input}: {find}"

/// Tries inputs from where the counts stand to the end.
let private tryOn (plan: Plan) (targets: Target[]) (progress: Progress) =
    let first, number = progress.Position

    for t in first .. targets.Length - 1 do
        let target = targets[t]

        Trial.inFolder (fun folder ->
            for number in (if t = first then number else 0L) .. Targets.count plan.Inputs targets target - 1L do
                progress.Position <- t, number
                let input, near = Trial.input plan.Seed target number
                let outcome = Trial.within Trial.patience target folder input

                if outcome.IsFind then
                    said target input outcome

                progress.Position <- t, number + 1L
                progress.Count(t, outcome, near))

/// Runs this program once more to try inputs; its exit code.
let private child (arguments: string list) : int =
    let start = ProcessStartInfo(Environment.ProcessPath)

    for argument in Assembly.GetEntryAssembly().Location :: arguments do
        start.ArgumentList.Add argument

    start.Environment["DOTNET_GCHeapHardLimit"] <- heapLimit
    use running = Process.Start start
    running.WaitForExit()
    running.ExitCode

let rec private supervise (plan: Plan) (targets: Target[]) arguments (progress: Progress) =
    if child arguments <> 0 then
        let t, number = progress.Position
        let input, near = Trial.input plan.Seed targets[t] number
        let died = Crashed "the process ended"
        said targets[t] input died
        progress.Position <- t, number + 1L
        progress.Count(t, died, near)
        supervise plan targets arguments progress

let private row (name: string) (tally: Tally) =
    let near = 100.0 * float tally.Near / float (max 1L tally.Inputs)

    printfn
        $"{name, -22}{tally.Inputs, 10}{tally.Accepted, 10}{tally.Refused, 10}{tally.Wrong, 8}{tally.Crashed, 9}{tally.Hung, 6}{near, 8:F1} %%"

let private table (targets: Target[]) (progress: Progress) : Tally =
    printfn
        $"""{"target", -22}{"inputs", 10}{"accepted", 10}{"refused", 10}{"wrong", 8}{"crashed", 9}{"hung", 6}{"near", 8}"""

    let tallies = targets |> Array.mapi (fun t _ -> progress.Tally t)
    Array.iter2 (fun (target: Target) -> row target.Name) targets tallies
    let all = tallies |> Array.reduce Tally.add
    row "all" all
    all

let private fuzz (arguments: string[]) : int =
    let plan =
        plan
            {
                Inputs = 20_000L
                Seed = 1
                Target = None
                Culture = None
                Progress = None
            }
            (List.ofArray arguments)

    let targets = targets plan

    match plan.Progress with
    | Some path ->
        use progress = new Progress(path, targets.Length)
        tryOn plan targets progress
        // inputs that hang hold their threads
        exit 0
    | None ->
        Trial.inFolder (fun folder ->
            let path = Path.Combine(folder, "progress")
            use progress = new Progress(path, targets.Length)

            match plan.Culture with
            | Some name ->
                CultureInfo.DefaultThreadCurrentCulture <- CultureInfo name
                tryOn plan targets progress
            | None -> supervise plan targets (List.ofArray arguments @ [ "--progress"; path ]) progress

            if (table targets progress).Finds = 0L then 0 else 1)

[<EntryPoint>]
let main arguments =
    match arguments with
    | [| "save"; way; first; second; target |] -> SaveAgain.forever way first second target
    | [| "save-once"; way; first; target |] -> SaveAgain.once way first target
    | _ -> fuzz arguments
