namespace Limen;

/// <summary>A sign that a model fails, with its cause.</summary>
/// <param name="Kind">Which sign.</param>
/// <param name="Message">One plain sentence.</param>
public sealed record ModelWarning(WarningKind Kind, string Message)
{
    internal static ModelWarning OfCore(Core.LabelSpace labels, Core.ModelWarning warning) =>
        new(
            warning switch
            {
                Core.ModelWarning.ThresholdsTooHigh => WarningKind.ThresholdsTooHigh,
                Core.ModelWarning.NeighboursSilent => WarningKind.NeighboursSilent,
                Core.ModelWarning.NeverPredicted => WarningKind.NeverPredicted,
                Core.ModelWarning.PredictedEverywhere => WarningKind.PredictedEverywhere,
                _ => WarningKind.StoppedAtOnce,
            },
            Core.Diagnosis.text(labels, warning)
        );
}
