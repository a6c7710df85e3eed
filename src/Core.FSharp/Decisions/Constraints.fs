namespace Limen.Core

open Limen

/// A constraint with the ids of its labels: data only, saved with the model.
type LabelConstraint =
    /// At least so many labels for each row.
    | AtLeastLabels of count: int
    /// At most so many labels for each row.
    | AtMostLabels of count: int
    /// No label but these.
    | OnlyLabels of labels: int[]
    /// None of these labels.
    | WithoutLabels of labels: int[]
    /// The label is predicted where its score is above the threshold.
    | LabelThreshold of label: int * threshold: float32
    /// At most one of these labels for each row.
    | ExclusiveLabels of labels: int[]

/// What a rule, and the constraints after it, say of a listed pair.
[<Struct>]
type Verdict =
    {
        Predicted: bool
        /// What the score is compared with; NaN where the rank decides.
        Threshold: float32
        /// The place of the score among the row's listed ones, counted from 1; of equal scores the lower label comes first.
        Rank: int
        /// As many of the row's best labels are taken; 0 where a threshold decides.
        Taken: int
        /// The constraint that turned the rule's word, null where none did.
        Turned: string
    }

/// Constraints on label sets: they are applied after the rule, in this order: thresholds of single labels, labels that are allowed or not, exclusive groups, at most,
/// at least. The surest label is the one whose score is farthest above (or least below) its threshold or, where the rank decides, the one of the best score.
[<RequireQualifiedAccess>]
module Constraints =

    let private names (c: Constraint) =
        match c with
        | Constraint.Only labels
        | Constraint.Without labels
        | Constraint.Exclusive labels -> labels
        | Constraint.Threshold(label, _) -> [ label ]
        | Constraint.AtLeast _
        | Constraint.AtMost _ -> []

    let private ownFaults (c: Constraint) =
        match c with
        | Constraint.AtLeast n when n < 0 -> [ $"at least: expected 0 labels or more, received {n}" ]
        | Constraint.AtMost n when n < 0 -> [ $"at most: expected 0 labels or more, received {n}" ]
        | Constraint.Threshold(label, t) ->
            Limits.number $"threshold of \"{label}\"" (-(float Limits.score), float Limits.score) (float t)
        | Constraint.Only []
        | Constraint.Without []
        | Constraint.Exclusive [] -> [ "expected at least one label, received none" ]
        | _ -> []

    let private least (constraints: Constraint list) =
        constraints
        |> List.choose (function
            | Constraint.AtLeast n -> Some n
            | _ -> None)

    let private most (constraints: Constraint list) =
        constraints
        |> List.choose (function
            | Constraint.AtMost n -> Some n
            | _ -> None)

    /// Everything that is wrong with constraints before labels are known.
    let faults (rule: Decision) : string list =
        [
            for c in rule.Constraints do
                for words in ownFaults c do
                    $"constraint: {words}"
            match least rule.Constraints, most rule.Constraints with
            | (_ :: _ as least), (_ :: _ as most) when List.max least > List.min most ->
                $"constraint: expected at least no more labels than at most, received at least {List.max least} and at most {List.min most}"
            | _ -> ()
        ]

    /// Labels that constraints name and the label space lacks.
    let unknown (space: LabelSpace) (rule: Decision) : string list =
        [
            for name in rule.Constraints |> List.collect names |> List.distinct do
                if (space.TryId name).IsNone then
                    $"constraint: expected one of the {space.Count} labels, received \"{name}\""
        ]

    let private order c =
        match c with
        | LabelThreshold _ -> 0
        | OnlyLabels _
        | WithoutLabels _ -> 1
        | ExclusiveLabels _ -> 2
        | AtMostLabels _ -> 3
        | AtLeastLabels _ -> 4

    /// The constraints with ids in the place of names, in the order in which they are applied.
    let resolve (space: LabelSpace) (rule: Decision) : LabelConstraint list =
        let id name = (space.TryId name).Value
        let ids names = names |> List.map id |> List.toArray

        rule.Constraints
        |> List.map (function
            | Constraint.AtLeast n -> AtLeastLabels n
            | Constraint.AtMost n -> AtMostLabels n
            | Constraint.Only labels -> OnlyLabels(ids labels)
            | Constraint.Without labels -> WithoutLabels(ids labels)
            | Constraint.Threshold(label, t) -> LabelThreshold(id label, t)
            | Constraint.Exclusive labels -> ExclusiveLabels(ids labels))
        |> List.sortBy order

    /// How sure the rule is of a pair: the larger the surer.
    let private sureness (score: float32) (v: Verdict) =
        if System.Single.IsNaN v.Threshold then
            float score
        else
            float score - float v.Threshold

    /// The row's verdicts after all constraints, from its listed labels (ascending) with their scores and the rule's verdicts.
    let apply
        (constraints: LabelConstraint list)
        (labels: int[])
        (scores: float32[])
        (verdicts: Verdict[])
        : Verdict[] =
        let verdicts = Array.copy verdicts
        let barred = Array.create labels.Length false

        let turn words predicted at =
            if verdicts[at].Predicted <> predicted then
                verdicts[at] <-
                    { verdicts[at] with
                        Predicted = predicted
                        Turned = words
                    }

        let places keep =
            [|
                for at in 0 .. labels.Length - 1 do
                    if keep at then
                        at
            |]
            |> Array.sortBy (fun at -> struct (-(sureness scores[at] verdicts[at]), at))

        let predicted at = verdicts[at].Predicted

        let bar words at =
            barred[at] <- true
            turn words false at

        let exclusive =
            constraints
            |> List.choose (function
                | ExclusiveLabels group -> Some group
                | _ -> None)

        let clashes at =
            exclusive
            |> List.exists (fun group ->
                Array.contains labels[at] group
                && Seq.exists
                    (fun other -> predicted other && Array.contains labels[other] group)
                    (seq { 0 .. labels.Length - 1 }))

        for c in constraints do
            match c with
            | LabelThreshold(label, t) ->
                for at in places (fun at -> labels[at] = label) do
                    let v =
                        { verdicts[at] with
                            Threshold = t
                            Taken = 0
                        }

                    verdicts[at] <- { v with Predicted = scores[at] > t }
            | OnlyLabels allowed ->
                for at in places (fun at -> not (Array.contains labels[at] allowed)) do
                    bar "not allowed" at
            | WithoutLabels blocked ->
                for at in places (fun at -> Array.contains labels[at] blocked) do
                    bar "blocked" at
            | ExclusiveLabels group ->
                let chosen = places (fun at -> predicted at && Array.contains labels[at] group)

                for at in Array.skip (min 1 chosen.Length) chosen do
                    turn "another label of its group is surer" false at
            | AtMostLabels most ->
                let chosen = places predicted

                for at in Array.skip (min most chosen.Length) chosen do
                    turn $"at most {most}" false at
            | AtLeastLabels least ->
                for at in places (fun at -> not (predicted at) && not barred[at]) do
                    let count = verdicts |> Array.filter _.Predicted |> Array.length

                    if count < least && not (clashes at) then
                        turn $"at least {least}" true at

        verdicts
