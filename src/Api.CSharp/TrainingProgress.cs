namespace Limen;

/// <summary>Where a fit stands.</summary>
/// <param name="Stage">What is going on.</param>
/// <param name="Done">The share of the whole fit that is done: it never falls, and the last report says 1.</param>
/// <param name="Scorer">Which scorer is trained, counted from 1, those of the folds included; 0 in the other stages.</param>
/// <param name="Epoch">Its epoch, counted from 1; 0 where there is none.</param>
/// <param name="Epochs">Its epochs at most.</param>
/// <param name="Loss">Its training loss of a row; NaN where there is none.</param>
/// <param name="ValidationNdcg">nDCG@5 on the held-out rows, at the end of an epoch.</param>
/// <param name="ShortlistRecall">The share of the hardest wrong labels that a batch's shortlist held, at the end of an epoch; null where all labels are learned.</param>
public sealed record TrainingProgress(
    TrainingStage Stage,
    double Done,
    int Scorer,
    int Epoch,
    int Epochs,
    double Loss,
    double? ValidationNdcg,
    double? ShortlistRecall
)
{
    private const double ScorersStart = 0.05;
    private const double ScorersEnd = 0.95;

    internal static TrainingProgress OfCore(Core.FitProgress progress)
    {
        var training = Interop.OfOption(progress.Training);
        var (stage, scorer, done) = progress.Phase switch
        {
            Core.FitPhase.FittingScorer s => (
                TrainingStage.Scorer,
                s.index,
                ScorersStart + (ScorersEnd - ScorersStart) * (s.index - 1 + progress.Done) / s.count
            ),
            { IsFittingSignals: true } => (TrainingStage.Signals, 0, ScorersStart * progress.Done),
            _ => (TrainingStage.Decision, 0, ScorersEnd + (1 - ScorersEnd) * progress.Done),
        };
        return new(
            stage,
            done,
            scorer,
            training?.Epoch ?? 0,
            training?.Epochs ?? 0,
            training?.Loss ?? double.NaN,
            Interop.OfNumber(training?.Validation),
            Interop.OfNumber(training?.ShortlistRecall)
        );
    }
}
