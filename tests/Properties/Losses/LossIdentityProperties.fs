/// What ties the losses to each other.
module Limen.Properties.LossIdentityProperties

open Expecto
open Limen
open Limen.Core
open Limen.Properties.LossValues

let private unclipped gamma =
    { Asymmetric.defaults with
        GammaPositive = gamma
        GammaNegative = gamma
        Clip = 0.0
        Smallest = 0.0
    }

let private cases = Cases.from [ typeof<LossArbitraries> ] |> Cases.times 50

[<Tests>]
let tests =
    testList
        "LossIdentity"
        [
            property
                cases
                "margin is 0 beyond Delta and slopes by one inside, in both readings"
                (fun (case: LossCase) ->
                    let m = difference case
                    let delta = 0.5

                    let expected reading y m =
                        match reading with
                        | MarginForm.Symmetric when abs m >= delta -> 0.0, 0.0
                        | MarginForm.Symmetric -> delta - abs m, -(float (sign m))
                        | MarginForm.Ranking when (2.0 * y - 1.0) * m >= delta -> 0.0, 0.0
                        | _ -> delta - (2.0 * y - 1.0) * m, 1.0 - 2.0 * y

                    [ MarginForm.Symmetric; MarginForm.Ranking ]
                    |> List.forall (fun reading ->
                        let value, gradient = gradientAt (Loss.summed (Margin.loss reading delta)) case.Y m

                        let pairs = Array.map2 (expected reading) (Array.concat case.Y) (Array.concat m)
                        close (Array.sumBy fst pairs) value && closeAll (Array.map snd pairs) gradient))

            property cases "Poly-1 with epsilon 0 is BCE, with -1 at most BCE and not below 0" (fun (case: LossCase) ->
                let bce = pairsOf Bce.pairs case

                closeAll (pairsOf (Poly1.pairs 0.0) case) bce
                && Array.forall2 (fun p b -> 0.0 <= p && p <= b) (pairsOf (Poly1.pairs -1.0) case) bce)

            property cases "focal with gamma 0 is BCE" (fun (case: LossCase) ->
                closeAll (pairsOf (Focal.pairs 0.0) case) (pairsOf Bce.pairs case))

            property cases "the asymmetric loss with equal exponents and no clip is focal" (fun (case: LossCase) ->
                [ 0.0; 0.5; 1.0; 2.0 ]
                |> List.forall (fun gamma ->
                    closeAll (pairsOf (Asymmetric.pairs (unclipped gamma)) case) (pairsOf (Focal.pairs gamma) case)))

            property
                cases
                "the asymmetric loss is at most BCE, pair by pair, and 0 for easy negatives"
                (fun (case: LossCase) ->
                    let asymmetric = pairsOf (Asymmetric.pairs Asymmetric.defaults) case

                    let easy =
                        Array.map2
                            (fun y m -> y = 0.0 && 1.0 / (1.0 + exp -m) <= 0.05)
                            (Array.concat case.Y)
                            (Array.concat (difference case))

                    Array.forall2 (fun a b -> a <= b + 1e-12) asymmetric (pairsOf Bce.pairs case)
                    && Array.forall2 (fun isEasy a -> not isEasy || a = 0.0) easy asymmetric)

            property cases "a constant focal weight changes gradients and not values" (fun (case: LossCase) ->
                let m = difference case

                let constant =
                    Asymmetric.loss
                        { Asymmetric.defaults with
                            Weight = FocalWeight.Constant
                        }

                let value, gradient = gradientAt constant case.Y m
                let value', gradient' = gradientAt (Asymmetric.loss Asymmetric.defaults) case.Y m
                close value value' && (value = 0.0 || gradient <> gradient'))

            property cases "smoothing by 0 is BCE, and smoothing is affine in its amount" (fun (case: LossCase) ->
                let smoothed a =
                    pairsOf (Smoothing.pairs (Smoothing.Even a)) case

                let halfway = Array.map2 (fun x y -> (x + y) / 2.0) (smoothed 0.0) (smoothed 0.2)

                closeAll (smoothed 0.0) (pairsOf Bce.pairs case)
                && closeAll halfway (smoothed 0.1))

            property cases "the three forms of smoothing agree where they should" (fun (case: LossCase) ->
                let shares = case.Counts |> Array.map (fun _ -> 0.5f)
                let even = pairsOf (Smoothing.pairs (Smoothing.Even 0.1)) case

                closeAll even (pairsOf (Smoothing.pairs (Smoothing.Uneven(0.05, 0.05))) case)
                && closeAll even (pairsOf (Smoothing.pairs (Smoothing.Prior(0.1, shares))) case))

            property
                cases
                "LDAM is at least BCE, equal for C = 0, and asks more of rarer labels"
                (fun (case: LossCase) ->
                    let at c =
                        pairsOf (Ldam.pairs c (LabelCounts.create case.Rows case.Counts)) case

                    closeAll (at 0.0) (pairsOf Bce.pairs case)
                    && Array.forall2 (fun a b -> a >= b - 1e-12) (at 3.0) (at 0.0)
                    && Ldam.shifts 3.0 (LabelCounts.create 100 [| 0; 1; 16; 81 |]) = [| 3f; 3f; 1.5f; 1f |])

            property cases "Dice is 0 where probabilities are the targets, soft ones too" (fun (case: LossCase) ->
                let soft = difference case |> Array.map (Array.map (fun m -> 1.0 / (1.0 + exp -m)))

                [ LossScope.PerLabel; LossScope.PerRow; LossScope.Global ]
                |> List.forall (fun scope ->
                    abs (valueAt (Dice.loss { Dice.defaults with Scope = scope }) { case with Y = soft }) < 1e-12))

            property cases "global Dice of hard targets is one minus the soft F1" (fun (case: LossCase) ->
                let p = difference case |> Array.concat |> Array.map (fun m -> 1.0 / (1.0 + exp -m))
                let y = Array.concat case.Y
                let f1 = 2.0 * (Array.map2 (*) p y |> Array.sum) / (Array.sum p + Array.sum y)

                let options =
                    {
                        Scope = LossScope.Global
                        Beta = 1.0
                        Smooth = 0.0
                    }

                Array.sum y = 0.0 || close (1.0 - f1) (valueAt (Dice.loss options) case))

            property
                cases
                "a constant per label does not move the pairwise loss per label, and bounds one minus the AUC"
                (fun (case: LossCase) ->
                    let moved =
                        { case with
                            Z = case.Z |> Array.map (Array.mapi (fun l z -> z + 2.0 * float l - 1.0))
                        }

                    let loss = Pairwise.loss LossScope.PerLabel
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
                    && (aucs.IsEmpty || valueAt loss case / log 2.0 >= 1.0 - List.average aucs - 1e-12))

            property
                cases
                "the balanced loss is twice BCE where every label is in half of the rows"
                (fun (case: LossCase) ->
                    let half = case.Counts |> Array.map (fun _ -> 50)

                    close
                        (2.0 * valueAt (Bce.loss) case)
                        (valueAt (Balanced.loss |> Loss.counted (LabelCounts.create 100 half)) case))

            property
                cases
                "decoupled softmax is at most the coupled one, equal where each row has one positive"
                (fun (case: LossCase) ->
                    let decoupled = Softmax.loss SoftmaxForm.Decoupled
                    let coupled = Softmax.loss SoftmaxForm.Coupled

                    let single =
                        { case with
                            Y = case.Y |> Array.map (Array.mapi (fun l _ -> if l = 0 then 1.0 else 0.0))
                        }

                    valueAt decoupled case <= valueAt coupled case + 1e-12
                    && close (valueAt decoupled single) (valueAt coupled single))

            property
                cases
                "the separated loss is at most the row's BCE, and BCE for a single label"
                (fun (case: LossCase) ->
                    let one (rows: float[][]) = rows |> Array.map (Array.truncate 1)

                    let first =
                        { case with
                            Z = one case.Z
                            Theta = one case.Theta
                            Y = one case.Y
                        }

                    let separated = Softmax.loss SoftmaxForm.Separated
                    let labels = float case.Counts.Length

                    valueAt separated case <= labels * valueAt (Bce.loss) case + 1e-12
                    && close (valueAt separated first) (valueAt (Bce.loss) first))

            property cases "a positive weight of 1 is BCE" (fun (case: LossCase) ->
                let ones = case.Counts |> Array.map (fun _ -> 1f)
                closeAll (pairsOf (Bce.weightedPairs ones) case) (pairsOf Bce.pairs case))
        ]
