namespace Limen.Core

open System

/// The parameters of label propensities p_l = 1 / (1 + C (n_l + B)^-A), C = (ln N - 1) (B + 1)^A.
type Propensity = { A: float; B: float }

/// Propensity-scored precision: hits on labels that annotators miss often (rare ones) count for more, by the evidence's inverse
/// propensities. Not defined without them. Jain, Prabhu, Varma, KDD 2016, section 3, https://doi.org/10.1145/2939672.2939756.
[<RequireQualifiedAccess>]
module Propensity =

    /// A = 0.55, B = 1.5: the paper's values for every data set but those of the next two, AmazonCat-13K and EURLex-4K among them.
    let standard = { A = 0.55; B = 1.5 }

    /// A = 0.5, B = 0.4: WikiLSHTC-325K and the other data sets of Wikipedia's articles by category; Wiki10-31K has the standard values.
    let wikipedia = { A = 0.5; B = 0.4 }

    /// A = 0.6, B = 2.6: Amazon's data sets of products, Amazon-670K and Amazon-3M among them; AmazonCat-13K has the standard values.
    let amazon = { A = 0.6; B = 2.6 }

    /// 1 / p_l of each label [L] from the labels' training counts; at least 1. With fewer than e rows C would be negative and is
    /// taken as 0.
    let inverse (parameters: Propensity) (counts: LabelCounts) : float[] =
        let c =
            (log (max 1.0 counts.Rows) - 1.0) * Math.Pow(parameters.B + 1.0, parameters.A)

        counts.Positives
        |> Array.map (fun n -> 1.0 + max 0.0 c * Math.Pow(n + parameters.B, -parameters.A))

    let private source = "https://doi.org/10.1145/2939672.2939756"

    /// Reads the mean weighted hits in the first k places, and the mean of the most that each row's true labels allow.
    let private gains k (read: float -> float -> float) (e: Evidence) : float option =
        e.InversePropensities
        |> Option.bind (fun inverse ->
            e
            |> Metric.ofScores (fun scores truth ->
                Shape.require "inverse propensities" "[L]" [ truth.Columns ] [ inverse.Length ]
                let mean = Evidence.meanOverRows e.Weights e.Rows
                let weight label = inverse[label]

                let gain =
                    mean (fun row ->
                        Ranked.row k scores row
                        |> Array.filter (Ranked.isTrue truth row)
                        |> Array.sumBy weight)

                let best =
                    mean (fun row ->
                        Csr.set row truth
                        |> Array.map weight
                        |> Array.sortDescending
                        |> Array.truncate k
                        |> Array.sum)

                Some(read gain best)))

    /// PSP@k divided by the best attainable on the same rows, in [0, 1], as benchmark tables print it; 0 without true
    /// labels. ArgumentException for k < 1.
    let normalised (k: int) : Metric =
        Ranked.requirePlaces k

        gains k (fun gain best -> if best = 0.0 then 0.0 else gain / best)
        |> Metric.share $"psp_at_{k}" $"PSP@{k}" source

    /// PSP@k itself: the mean over rows of the weighted hits / k, at most the largest inverse propensity. 0 without
    /// rows. ArgumentException for k < 1.
    let precision (k: int) : Metric =
        Ranked.requirePlaces k

        { Metric.share $"psp_raw_at_{k}" $"PSP@{k} (not normalised)" source (gains k (fun gain _ -> gain / float k)) with
            Range = 0.0, infinity
        }
