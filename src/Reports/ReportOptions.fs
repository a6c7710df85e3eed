namespace Limen

open Limen.Core

/// What a report shows, and how much of it. Read when the report is made.
[<Sealed>]
type ReportOptions() =

    /// The heading. Default: "Report".
    member val Title = "Report" with get, set

    /// What the model is called where two are compared. Default: "this model".
    member val Name = "this model" with get, set

    /// What the other model is called. Default: "the other model".
    member val OtherName = "the other model" with get, set

    /// How often rows are weighed anew for the intervals, 0 for none; each costs about what the metrics cost. Default: 200.
    member val Resamples = 200 with get, set

    /// The share of resamples inside an interval, in (0, 1). Default: 0.95.
    member val Level = 0.95 with get, set

    /// Of the resamples. Default: 1.
    member val Seed = 1 with get, set

    /// Rows that are shown where the model loses, the most lost labels first; 0 leaves all rows, and with them their texts, out of the file. Default: 40.
    member val Examples = 40 with get, set

    /// Characters of a text that are shown. Default: 600.
    member val Characters = 600 with get, set

    /// The most frequent labels, whose co-occurrence is shown. Default: 25.
    member val Frequent = 25 with get, set

namespace Limen.Core

open Limen

[<RequireQualifiedAccess>]
module ReportOptions =

    /// Points of a chart and rows that thresholds are averaged over: more say nothing more to the eye.
    let internal points = 1_200

    /// Every number that is out of its range, in words.
    let faults (o: ReportOptions) : string list =
        [
            yield! Limits.whole "Resamples" (0, Limits.passes) o.Resamples
            if not (o.Level > 0.0 && o.Level < 1.0) then
                $"Level: expected a share in (0, 1), received {o.Level}"
            yield! Limits.whole "Examples" (0, 1_000) o.Examples
            yield! Limits.whole "Characters" (1, 100_000) o.Characters
            yield! Limits.whole "Frequent" (2, 100) o.Frequent
            for name, text in [ "Title", o.Title; "Name", o.Name; "OtherName", o.OtherName ] do
                if isNull text then
                    $"{name}: expected a text, received null"
        ]
