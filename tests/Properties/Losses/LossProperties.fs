namespace Limen.Properties

open System
open System.Text.Json
open NUnit.Framework
open FsCheck
open FsCheck.FSharp
open FsCheck.NUnit
open Limen.Core
open Microsoft.FSharp.Reflection

/// A batch [B, L] of logits, thresholds and 0/1 targets, with the labels' counts among Rows training rows, and orders to renumber by.
/// Logits and thresholds keep z - theta away from the kinks of the losses.
type LossCase =
    {
        Z: float[][]
        Theta: float[][]
        Y: float[][]
        Rows: int
        Counts: int[]
        RowOrder: int[]
        LabelOrder: int[]
    }

type LossArbitraries =
    static member Case() =
        gen {
            let! b = Gen.choose (1, 6)
            let! l = Gen.choose (1, 5)

            let matrix g =
                Gen.arrayOfLength b (Gen.arrayOfLength l g)

            let! z =
                Gen.choose (-6000, 6000)
                |> Gen.map (fun i -> float i / 1000.0 + 0.00037)
                |> matrix

            let! theta =
                Gen.choose (-3000, 3000) |> Gen.map (fun i -> float i / 1000.0) |> matrix

            let! y = Gen.frequency [ 2, Gen.constant 0.0; 1, Gen.constant 1.0 ] |> matrix
            let! counts = Gen.arrayOfLength l (Gen.choose (0, 100))
            let! rows = Gen.shuffle [| 0 .. b - 1 |]
            let! labels = Gen.shuffle [| 0 .. l - 1 |]

            return
                {
                    Z = z
                    Theta = theta
                    Y = y
                    Rows = 100
                    Counts = counts
                    RowOrder = rows
                    LabelOrder = labels
                }
        }
        |> Arb.fromGen

[<Properties(Arbitrary = [| typeof<LossArbitraries> |], MaxTest = 50)>]
module LossProperties =

    let private tensor (rows: float[][]) =
        Tensor.ofArray64 [| rows.Length; rows[0].Length |] (Array.concat rows)

    let private losses case = Loss.all case.Rows case.Counts

    let private margins case =
        Spaces.margins (Thresholds(tensor case.Theta)) (Logits(tensor case.Z))

    let private valueAt loss case =
        Tensor.using (fun () -> Loss.value loss (Targets(tensor case.Y)) (margins case) |> Tensor.item)

    /// (value, d value / d m [B L])
    let private gradientAt loss y (m: float[][]) =
        Tensor.using (fun () ->
            let leaf = Tensor.leaf (tensor m)
            let value = Loss.value loss (Targets(tensor y)) (Margins leaf)
            Tensor.backward value
            Tensor.item value, (Tensor.grad leaf |> Option.get |> Tensor.toArray64))

    let private difference case =
        Array.map2 (Array.map2 (-)) case.Z case.Theta

    let private pairsOf (f: Targets -> Margins -> Tensor) case =
        Tensor.using (fun () -> f (Targets(tensor case.Y)) (margins case) |> Tensor.toArray64)

    let private close = Tolerance.close { Absolute = 1e-9; Relative = 1e-9 }

    let private closeAll (a: float[]) (b: float[]) =
        a.Length = b.Length && Array.forall2 close a b

    // -- the registry --

    [<Test>]
    let ``every kind of loss is registered, so that it meets the laws`` () =
        let combinators =
            set [ "Custom"; "CustomPairs"; "Sum"; "Scale"; "Summed"; "Mask"; "Weight" ]

        let kind (loss: Loss) =
            (fst (FSharpValue.GetUnionFields(loss, typeof<Loss>))).Name

        let kinds =
            (FSharpType.GetUnionCases typeof<Loss> |> Array.map _.Name |> set) - combinators

        let registered = Loss.all 10 [| 1; 5 |] |> List.map kind |> set
        Assert.That((registered = kinds), Is.True, $"registered %A{registered} of %A{kinds}")

    [<Test>]
    let ``names of registered losses are distinct`` () =
        let names = Loss.all 10 [| 1; 5 |] |> List.map Loss.name
        Assert.That((List.distinct names).Length, Is.EqualTo names.Length)

    // -- laws of every loss --

    [<Property>]
    let ``no loss is negative`` (case: LossCase) =
        losses case |> List.forall (fun loss -> valueAt loss case >= -1e-12)

    [<Property>]
    let ``values and gradients are finite up to logits of ten thousand`` (case: LossCase) =
        let far = case.Z |> Array.map (Array.map (fun z -> z * 1666.0))

        losses case
        |> List.forall (fun loss ->
            Tensor.using (fun () ->
                let leaf = Tensor.leaf (tensor far |> Tensor.cast Float32)

                let value =
                    Loss.value loss (Targets(tensor case.Y |> Tensor.cast Float32)) (Margins leaf)

                Tensor.backward value

                Double.IsFinite(Tensor.item value)
                && Tensor.grad leaf |> Option.get |> Tensor.toArray |> Array.forall Single.IsFinite))

    [<Property>]
    let ``loss(z, theta) is loss(z - theta, 0)`` (case: LossCase) =
        let shifted =
            { case with
                Z = difference case
                Theta = case.Theta |> Array.map (Array.map (fun _ -> 0.0))
            }

        losses case
        |> List.forall (fun loss -> close (valueAt loss case) (valueAt loss shifted))

    [<Property>]
    let ``the order of rows does not matter`` (case: LossCase) =
        let order (rows: float[][]) =
            case.RowOrder |> Array.map (fun i -> rows[i])

        let permuted =
            { case with
                Z = order case.Z
                Theta = order case.Theta
                Y = order case.Y
            }

        losses case
        |> List.forall (fun loss -> close (valueAt loss case) (valueAt loss permuted))

    [<Property>]
    let ``the order of labels does not matter`` (case: LossCase) =
        let order (rows: float[][]) =
            rows |> Array.map (fun row -> case.LabelOrder |> Array.map (fun l -> row[l]))

        let permuted =
            { case with
                Z = order case.Z
                Theta = order case.Theta
                Y = order case.Y
                Counts = case.LabelOrder |> Array.map (fun l -> case.Counts[l])
            }

        List.forall2 (fun a b -> close (valueAt a case) (valueAt b permuted)) (losses case) (losses permuted)

    [<Property(MaxTest = 15)>]
    let ``gradients are central differences`` (case: LossCase) =
        let m = difference case
        let shape = [| m.Length; m[0].Length |]

        for loss in losses case do
            Gradients.check
                { Absolute = 1e-7; Relative = 1e-6 }
                (fun inputs -> Loss.value loss (Targets(tensor case.Y)) (Margins inputs.Head))
                [ shape, Array.concat m ]

    // -- combinators --

    [<Property>]
    let ``sum and scale are linear`` (case: LossCase) =
        let parts = losses case |> List.mapi (fun k loss -> 0.3 + float k, loss)

        close
            (valueAt (parts |> List.map (fun (c, loss) -> Loss.scale c loss) |> Loss.sum) case)
            (parts |> List.sumBy (fun (c, loss) -> c * valueAt loss case))

    let private isPerPair loss =
        try
            Loss.summed loss |> ignore
            true
        with :? ArgumentException ->
            false

    [<Test>]
    let ``losses of whole batches refuse masks, weights and sums over pairs`` () =
        let whole =
            Loss.all 10 [| 1; 5 |] |> List.filter (isPerPair >> not) |> List.map Loss.name

        let expected =
            [
                for scope in [ "per-label"; "per-row"; "global" ] do
                    "dice-" + scope
                    "pairwise-" + scope
                "softmax-decoupled"
                "softmax-coupled"
                "softmax-separated"
            ]

        Assert.That((whole = expected), Is.True, $"%A{whole}")

        let error =
            Assert.Throws<ArgumentException>(
                Action(fun () -> Loss.all 1 [| 1 |] |> Loss.sum |> Loss.mask (fun (Targets y) -> y) |> ignore)
            )

        Assert.That(
            error.Message,
            Does.Contain "a mask needs a loss that is defined pair by pair, received dice-per-label"
        )

    [<Property>]
    let ``a sum over pairs is their mean times their number`` (case: LossCase) =
        let n = float (case.Z.Length * case.Z[0].Length)

        losses case
        |> List.filter isPerPair
        |> List.forall (fun loss -> close (valueAt (Loss.summed loss) case) (n * valueAt loss case))

    [<Property>]
    let ``a mask and a weight of ones change nothing`` (case: LossCase) =
        let ones (Targets y) = Tensor.ones Float32 y.Shape

        losses case
        |> List.filter isPerPair
        |> List.forall (fun loss ->
            close (valueAt loss case) (valueAt (Loss.mask ones loss) case)
            && close (valueAt loss case) (valueAt (Loss.weight ones loss) case))

    [<Property>]
    let ``masked pairs do not count, whatever their target, and have gradient 0`` (case: LossCase) =
        let isMasked i l = (i + l) % 2 = 1
        let m = difference case

        let mask (Targets y) =
            Tensor.ofArray
                y.Shape
                (Array.init (int y.Count) (fun at ->
                    if isMasked (at / y.Shape[1]) (at % y.Shape[1]) then
                        0f
                    else
                        1f))

        let unknown =
            case.Y
            |> Array.mapi (fun i -> Array.mapi (fun l y -> if isMasked i l then nan else y))

        losses case
        |> List.filter isPerPair
        |> List.forall (fun loss ->
            let value, gradient = gradientAt (Loss.mask mask loss) unknown m
            let _, whole = gradientAt (Loss.summed loss) case.Y m

            let known =
                whole
                |> Array.indexed
                |> Array.filter (fun (at, _) -> not (isMasked (at / m[0].Length) (at % m[0].Length)))

            Double.IsFinite value
            && gradient
               |> Array.indexed
               |> Array.forall (fun (at, g) -> not (isMasked (at / m[0].Length) (at % m[0].Length)) || g = 0.0)
            && known
               |> Array.forall (fun (at, g) -> close (g / float known.Length) gradient[at]))

    [<Property>]
    let ``where everything is masked the loss is 0`` (case: LossCase) =
        let none (Targets y) = Tensor.zeros Float32 [| y.Shape[1] |]

        losses case
        |> List.filter isPerPair
        |> List.forall (fun loss -> valueAt (Loss.mask none loss) case = 0.0)

    [<Property>]
    let ``a weight of two is twice the loss`` (case: LossCase) =
        let two (Targets y) =
            Tensor.full Float32 [| y.Shape[1] |] 2.0

        losses case
        |> List.filter isPerPair
        |> List.forall (fun loss -> close (2.0 * valueAt loss case) (valueAt (Loss.weight two loss) case))

    [<Property>]
    let ``losses of one's own are losses`` (case: LossCase) =
        let whole = Loss.custom "mine" (fun y m -> Bce.pairs y m |> Tensor.mean)
        let pairs = Loss.customPairs "mine" Bce.pairs

        close (valueAt whole case) (valueAt (Loss.Bce None) case)
        && close (valueAt (Loss.summed pairs) case) (valueAt (Loss.summed (Loss.Bce None)) case)

    [<Test>]
    let ``targets of another shape are refused with both shapes`` () =
        let error =
            Assert.Throws<ArgumentException>(
                Action(fun () ->
                    Tensor.using (fun () ->
                        Loss.value
                            (Loss.Bce None)
                            (Targets(Tensor.ones Float32 [| 2; 3 |]))
                            (Margins(Tensor.ones Float32 [| 2; 4 |]))
                        |> ignore))
            )

        Assert.That(error.Message, Does.Contain "[2; 4]")
        Assert.That(error.Message, Does.Contain "[2; 3]")

    [<Test>]
    let ``every number out of range is reported at once`` () =
        let faulty =
            Loss.Sum
                [
                    Loss.Bce(Some [| 1f; -2f |])
                    Loss.Scale(-1.0, Loss.Margin(Symmetric, 0.0))
                    Loss.Focal nan
                    Loss.Asymmetric { Asymmetric.defaults with Clip = 1.0 }
                    Loss.Smoothed(Smoothing.Uneven(0.1, 2.0))
                ]

        let faults = Loss.faults faulty
        Assert.That(faults.Length, Is.EqualTo 6, $"%A{faults}")
        Assert.That(faults.Head, Is.EqualTo "bce-pos-weight: expected positive weights, received -2")
        Assert.That(Loss.all 10 [| 1; 5 |] |> Loss.sum |> Loss.faults |> List.length, Is.Zero)

    // -- which losses the fused kernel computes --

    [<Property>]
    let ``fused terms say what the loss is`` (case: LossCase) =
        let w = case.Counts |> Array.map (fun n -> 1f + float32 n)

        [
            Loss.paper 0.1 0.2 Symmetric
            Loss.paper 0.1 0.2 Ranking
            Loss.Margin(Ranking, 0.3)
            Loss.Scale(
                2.0,
                Loss.Sum
                    [
                        Loss.Bce(Some w)
                        Loss.Scale(0.5, Loss.Bce(Some w))
                        Loss.Margin(Symmetric, 0.1)
                        Loss.Margin(Symmetric, 0.1)
                    ]
            )
        ]
        |> List.forall (fun loss ->
            match Loss.fused loss with
            | None -> false
            | Some terms ->
                let bce = terms.Bce * valueAt (Loss.Bce terms.PosWeight) case

                let margin =
                    match terms.Margin with
                    | Some(weight, delta, reading) -> weight * valueAt (Loss.Margin(reading, delta)) case
                    | None -> 0.0

                close (valueAt loss case) (bce + margin))

    [<Test>]
    let ``every other loss is not fused`` () =
        let bce = Loss.Bce None
        let ones (Targets y) = Tensor.ones Float32 y.Shape

        let others =
            [
                Loss.Focal 2.0
                Loss.Sum [ bce; Loss.Focal 2.0 ]
                Loss.Sum [ bce; Loss.Bce(Some [| 2f |]) ]
                Loss.Sum [ Loss.Margin(Symmetric, 0.1); Loss.Margin(Ranking, 0.1) ]
                Loss.Sum [ Loss.Margin(Symmetric, 0.1); Loss.Margin(Symmetric, 0.2) ]
                Loss.summed bce
                Loss.mask ones bce
                Loss.weight ones bce
                Loss.custom "mine" (fun y m -> Bce.pairs y m |> Tensor.mean)
            ]

        for loss in others do
            Assert.That((Loss.fused loss).IsNone, Is.True, Loss.name loss)

    // -- what ties the losses to each other --

    [<Property>]
    let ``margin is 0 beyond Delta and slopes by one inside, in both readings`` (case: LossCase) =
        let m = difference case
        let delta = 0.5

        let expected reading y m =
            match reading with
            | Symmetric when abs m >= delta -> 0.0, 0.0
            | Symmetric -> delta - abs m, -(float (sign m))
            | Ranking when (2.0 * y - 1.0) * m >= delta -> 0.0, 0.0
            | Ranking -> delta - (2.0 * y - 1.0) * m, 1.0 - 2.0 * y

        [ Symmetric; Ranking ]
        |> List.forall (fun reading ->
            let value, gradient =
                gradientAt (Loss.summed (Loss.Margin(reading, delta))) case.Y m

            let pairs = Array.map2 (expected reading) (Array.concat case.Y) (Array.concat m)
            close (Array.sumBy fst pairs) value && closeAll (Array.map snd pairs) gradient)

    [<Property>]
    let ``focal with gamma 0 is BCE`` (case: LossCase) =
        closeAll (pairsOf (Focal.pairs 0.0) case) (pairsOf Bce.pairs case)

    let private unclipped gamma =
        { Asymmetric.defaults with
            GammaPositive = gamma
            GammaNegative = gamma
            Clip = 0.0
            Smallest = 0.0
        }

    [<Property>]
    let ``the asymmetric loss with equal exponents and no clip is focal`` (case: LossCase) =
        [ 0.0; 0.5; 1.0; 2.0 ]
        |> List.forall (fun gamma ->
            closeAll (pairsOf (Asymmetric.pairs (unclipped gamma)) case) (pairsOf (Focal.pairs gamma) case))

    [<Property>]
    let ``the asymmetric loss is at most BCE, pair by pair, and 0 for easy negatives`` (case: LossCase) =
        let asymmetric = pairsOf (Asymmetric.pairs Asymmetric.defaults) case

        let easy =
            Array.map2
                (fun y m -> y = 0.0 && 1.0 / (1.0 + exp -m) <= 0.05)
                (Array.concat case.Y)
                (Array.concat (difference case))

        Array.forall2 (fun a b -> a <= b + 1e-12) asymmetric (pairsOf Bce.pairs case)
        && Array.forall2 (fun isEasy a -> not isEasy || a = 0.0) easy asymmetric

    [<Property>]
    let ``a constant focal weight changes gradients and not values`` (case: LossCase) =
        let m = difference case

        let constant =
            Loss.Asymmetric
                { Asymmetric.defaults with
                    Weight = FocalWeight.Constant
                }

        let value, gradient = gradientAt constant case.Y m
        let value', gradient' = gradientAt (Loss.Asymmetric Asymmetric.defaults) case.Y m
        close value value' && (value = 0.0 || gradient <> gradient')

    [<Property>]
    let ``smoothing by 0 is BCE, and smoothing is affine in its amount`` (case: LossCase) =
        let smoothed a =
            pairsOf (Smoothing.pairs (Smoothing.Even a)) case

        let halfway = Array.map2 (fun x y -> (x + y) / 2.0) (smoothed 0.0) (smoothed 0.2)

        closeAll (smoothed 0.0) (pairsOf Bce.pairs case)
        && closeAll halfway (smoothed 0.1)

    [<Property>]
    let ``the three forms of smoothing agree where they should`` (case: LossCase) =
        let shares = case.Counts |> Array.map (fun _ -> 0.5f)
        let even = pairsOf (Smoothing.pairs (Smoothing.Even 0.1)) case

        closeAll even (pairsOf (Smoothing.pairs (Smoothing.Uneven(0.05, 0.05))) case)
        && closeAll even (pairsOf (Smoothing.pairs (Smoothing.Prior(0.1, shares))) case)

    [<Property>]
    let ``LDAM is at least BCE, equal for C = 0, and asks more of rarer labels`` (case: LossCase) =
        let at c = pairsOf (Ldam.pairs c case.Counts) case

        closeAll (at 0.0) (pairsOf Bce.pairs case)
        && Array.forall2 (fun a b -> a >= b - 1e-12) (at 3.0) (at 0.0)
        && Ldam.margins 3.0 [| 0; 1; 16; 81 |] = [| 3f; 3f; 1.5f; 1f |]

    [<Property>]
    let ``Dice is 0 where probabilities are the targets, soft ones too`` (case: LossCase) =
        let soft = difference case |> Array.map (Array.map (fun m -> 1.0 / (1.0 + exp -m)))

        [ LossScope.PerLabel; LossScope.PerRow; LossScope.Global ]
        |> List.forall (fun scope ->
            abs (valueAt (Loss.Dice { Dice.defaults with Scope = scope }) { case with Y = soft }) < 1e-12)

    [<Property>]
    let ``global Dice of hard targets is one minus the soft F1`` (case: LossCase) =
        let p = difference case |> Array.concat |> Array.map (fun m -> 1.0 / (1.0 + exp -m))
        let y = Array.concat case.Y
        let f1 = 2.0 * (Array.map2 (*) p y |> Array.sum) / (Array.sum p + Array.sum y)

        let options =
            {
                Scope = LossScope.Global
                Beta = 1.0
                Smooth = 0.0
            }

        Array.sum y = 0.0 || close (1.0 - f1) (valueAt (Loss.Dice options) case)

    [<Property>]
    let ``a constant per label does not move the pairwise loss per label, and bounds one minus the AUC``
        (case: LossCase)
        =
        let moved =
            { case with
                Z = case.Z |> Array.map (Array.mapi (fun l z -> z + 2.0 * float l - 1.0))
            }

        let loss = Loss.Pairwise LossScope.PerLabel
        let m = difference case

        let auc l =
            let scores y =
                [
                    for i in 0 .. m.Length - 1 do
                        if case.Y[i][l] = y then
                            m[i][l]
                ]

            let pairs = List.allPairs (scores 1.0) (scores 0.0)

            if pairs.IsEmpty then
                None
            else
                Some(
                    pairs
                    |> List.averageBy (fun (p, n) ->
                        if p > n then 1.0
                        elif p = n then 0.5
                        else 0.0)
                )

        let aucs = List.choose auc [ 0 .. case.Counts.Length - 1 ]

        close (valueAt loss case) (valueAt loss moved)
        && (aucs.IsEmpty || valueAt loss case / log 2.0 >= 1.0 - List.average aucs - 1e-12)

    [<Property>]
    let ``the balanced loss is twice BCE where every label is in half of the rows`` (case: LossCase) =
        let half = case.Counts |> Array.map (fun _ -> 50)
        close (2.0 * valueAt (Loss.Bce None) case) (valueAt (Loss.Balanced(100, half)) case)

    [<Property>]
    let ``decoupled softmax is at most the coupled one, equal where each row has one positive`` (case: LossCase) =
        let decoupled = Loss.Softmax SoftmaxReading.Decoupled
        let coupled = Loss.Softmax SoftmaxReading.Coupled

        let single =
            { case with
                Y = case.Y |> Array.map (Array.mapi (fun l _ -> if l = 0 then 1.0 else 0.0))
            }

        valueAt decoupled case <= valueAt coupled case + 1e-12
        && close (valueAt decoupled single) (valueAt coupled single)

    [<Property>]
    let ``the separated loss is at most the row's BCE, and BCE for a single label`` (case: LossCase) =
        let one (rows: float[][]) = rows |> Array.map (Array.truncate 1)

        let first =
            { case with
                Z = one case.Z
                Theta = one case.Theta
                Y = one case.Y
            }

        let separated = Loss.Softmax SoftmaxReading.Separated
        let labels = float case.Counts.Length

        valueAt separated case <= labels * valueAt (Loss.Bce None) case + 1e-12
        && close (valueAt separated first) (valueAt (Loss.Bce None) first)

    [<Property>]
    let ``a positive weight of 1 is BCE`` (case: LossCase) =
        let ones = case.Counts |> Array.map (fun _ -> 1f)
        closeAll (pairsOf (Bce.weightedPairs ones) case) (pairsOf Bce.pairs case)

    // -- values and gradients of other software --

    let private ofFixture (case: JsonElement) (name: string) =
        let bce = Loss.Bce None

        match name with
        | "bce_theta_mean" -> bce
        | "bce_theta_pos_weight_mean" ->
            Loss.Bce(Some(Fixtures.numbers (case.GetProperty "pos_weight") |> Array.map float32))
        | "margin_symmetric_mean" -> Loss.Margin(Symmetric, 0.1)
        | "margin_ranking_mean" -> Loss.Margin(Ranking, 0.1)
        | "paper_total" -> Loss.paper 0.1 0.1 Symmetric
        | "focal_mean" -> Loss.Focal 2.0
        | "asl_sum" -> Loss.summed (Loss.Asymmetric Asymmetric.defaults)
        | "label_smoothing_bce_mean" -> Loss.Smoothed(Smoothing.Even 0.1)
        | "ldam_mean" -> Loss.Ldam(3.0, Fixtures.numbers (case.GetProperty "label_counts") |> Array.map int)
        | "dice_label" -> Loss.Dice Dice.defaults
        | "macro_auc_pairwise" -> Loss.Pairwise LossScope.PerLabel
        | "decoupled_softmax_mean_over_positives" -> Loss.Softmax SoftmaxReading.Decoupled
        | "separated_lse_mean" -> Loss.Softmax SoftmaxReading.Separated
        | other -> failwith $"no loss is named for the fixture {other}"

    [<Test>]
    let ``values and gradients agree with float64 autograd of other software`` () =
        let mutable compared = 0

        for number, case in List.indexed (Fixtures.cases "losses") do
            let read (name: string) = case.GetProperty name

            for entry in (read "losses").EnumerateObject() do
                Tensor.using (fun () ->
                    let rows (name: string) =
                        read name |> Fixtures.matrix |> tensor |> Tensor.cast Float32

                    let vector (name: string) =
                        let v = read name |> Fixtures.numbers
                        Tensor.ofArray [| v.Length |] (Array.map float32 v)

                    let z = Tensor.leaf (rows "z")
                    let lambda = Tensor.leaf (Tensor.scalar (Fixtures.number (read "lambda")))

                    let alpha, beta, bias =
                        Tensor.leaf (vector "alpha"), Tensor.leaf (vector "beta"), Tensor.leaf (vector "bias")

                    let theta = Fusion.thresholds lambda alpha beta bias (vector "idf") (rows "knn")

                    let value =
                        Loss.value (ofFixture case entry.Name) (Targets(rows "y")) (Spaces.margins theta (Logits z))

                    Tensor.backward value
                    let what = $"case {number}, {entry.Name}"

                    Tolerance.require
                        Tolerance.float32
                        what
                        [ Fixtures.number (entry.Value.GetProperty "value") ]
                        [ Tensor.item value ]

                    for name, leaf in [ "z", z; "lambda", lambda; "alpha", alpha; "beta", beta; "bias", bias ] do
                        let expected = entry.Value.GetProperty("grad").GetProperty name

                        let flat =
                            match name with
                            | "z" -> Fixtures.matrix expected |> Array.concat
                            | "lambda" -> [| Fixtures.number expected |]
                            | _ -> Fixtures.numbers expected

                        Tolerance.require
                            Tolerance.float32
                            $"{what}, d {name}"
                            flat
                            (Tensor.grad leaf |> Option.get |> Tensor.toArray64)

                        compared <- compared + 1)

        Assert.That(compared, Is.EqualTo(5 * (13 * 6 - 1)))
