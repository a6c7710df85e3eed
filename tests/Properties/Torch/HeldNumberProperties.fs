/// A number that is given to torch is held until torch is done with it: otherwise a loss ends, now and then, in torch's "Expected false to be true", or in another value.
module Limen.Properties.HeldNumberProperties

open System
open System.Collections.Generic
open System.Reflection
open System.Reflection.Emit
open System.Threading
open System.Threading.Tasks
open Expecto
open Limen
open Limen.Core
open TorchSharp

let private opcodes =
    [ for f in typeof<OpCodes>.GetFields() -> f.GetValue null :?> OpCode ]
    |> List.map (fun code -> code.Value, code)
    |> dict

/// How many bytes of an instruction come after its code.
let private operand (il: byte[]) (at: int) (code: OpCode) : int =
    match code.OperandType with
    | OperandType.InlineNone -> 0
    | OperandType.ShortInlineBrTarget
    | OperandType.ShortInlineI
    | OperandType.ShortInlineVar -> 1
    | OperandType.InlineVar -> 2
    | OperandType.InlineI8
    | OperandType.InlineR -> 8
    | OperandType.InlineSwitch -> 4 + 4 * BitConverter.ToInt32(il, at)
    | _ -> 4

/// The methods that a method calls, as far as they are told by it alone.
let private calls (m: MethodBase) : MethodBase list =
    let arguments (isGeneric: bool) (types: unit -> Type[]) = if isGeneric then types () else null

    match m.GetMethodBody() with
    | null -> []
    | body ->
        let il = body.GetILAsByteArray()
        let mutable at = 0

        [
            while at < il.Length do
                let isLong = il[at] = 0xFEuy

                let code =
                    opcodes[if isLong then
                                int16 (0xFE00 ||| int il[at + 1])
                            else
                                int16 il[at]]

                at <- at + (if isLong then 2 else 1)

                if code.OperandType = OperandType.InlineMethod then
                    m.Module.ResolveMethod(
                        BitConverter.ToInt32(il, at),
                        arguments m.DeclaringType.IsGenericType m.DeclaringType.GetGenericArguments,
                        arguments m.IsGenericMethod m.GetGenericArguments
                    )

                at <- at + operand il at code
        ]

let private torchSharp = typeof<Scalar>.Assembly

let private isNumber (m: MethodBase) =
    m.DeclaringType = typeof<Scalar> && m.Name = "op_Implicit"

let private known = Dictionary<MethodBase, bool>()

/// Whether a method of TorchSharp makes a number, itself or by another, that is given to torch and held by nobody.
let rec private makesNumber (m: MethodBase) : bool =
    match known.TryGetValue m with
    | true, made -> made
    | _ ->
        known[m] <- false

        let made =
            calls m
            |> List.filter (fun c -> not (isNull c.DeclaringType) && c.DeclaringType.Assembly = torchSharp)
            |> List.exists (fun c -> isNumber c || makesNumber c)

        known[m] <- made
        made

/// The calls of an assembly that give torch a number which nobody holds, each with its caller.
let private loose (assembly: Assembly) : string list =
    let all =
        BindingFlags.Instance
        ||| BindingFlags.Static
        ||| BindingFlags.Public
        ||| BindingFlags.NonPublic
        ||| BindingFlags.DeclaredOnly

    [
        for t in assembly.GetTypes() do
            for m in Seq.append (Seq.cast<MethodBase>(t.GetMethods all)) (t.GetConstructors all |> Seq.cast) do
                for c in calls m do
                    if not (isNull c.DeclaringType) && c.DeclaringType.Assembly = torchSharp then
                        // the one place that holds them
                        let isHolder = t.Name = "Tensors" && m.Name = "holding"

                        if (isNumber c && not isHolder) || makesNumber c then
                            $"{t.Name}.{m.Name}: {c.DeclaringType.Name}.{c.Name}"
    ]

/// What every loss says of these margins.
let private values (losses: Loss list) (margins: float32[]) : float list =
    let shape = [ 8; margins.Length / 8 ]

    Tensors.using (fun () ->
        let m = Tensors.ofSpan shape (margins.AsSpan())
        let y = m |> Tensors.above 0.5

        losses
        |> List.map (fun loss -> Loss.value loss (Targets y) (Margins m) |> Tensors.item))

[<Tests>]
let tests =
    testList
        "Held numbers"
        [
            testCase "no function of the library gives torch a number that the garbage collector may take" (fun () ->
                Require.equal [] (loose typeof<Loss>.Assembly))

            testCase "numbers that nobody holds are found" (fun () ->
                let planted =
                    loose typeof<HeldNumberCases>.Assembly
                    |> List.filter _.StartsWith("HeldNumberCases")

                for name in [ "Sum"; "Product"; "Softplus"; "Power" ] do
                    Expect.exists planted _.Contains($".{name}:") name)

            testCase "losses on several threads, beside the garbage collector, are what they are on one" (fun () ->
                let margins = Array.init 64 (fun i -> float32 (i % 7) - 3f)
                let losses = Losses.examples (LabelCounts.create 10 (Array.create 8 3))
                let expected = values losses margins

                use over =
                    new CancellationTokenSource(TimeSpan.FromSeconds(if Cases.isProof then 60.0 else 1.0))

                let collecting =
                    Task.Run(fun () ->
                        while not over.IsCancellationRequested do
                            GC.Collect 0
                            GC.WaitForPendingFinalizers())

                let computing =
                    [|
                        for _ in 1..4 ->
                            Task.Run(fun () ->
                                while not over.IsCancellationRequested do
                                    Require.equal expected (values losses margins))
                    |]

                Task.WaitAll(Array.append computing [| collecting |]))
        ]
