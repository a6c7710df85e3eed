namespace Limen;

/// <summary>
/// A value that training met in its first epoch and cannot go on from; the message names it, with the step.
/// </summary>
public sealed class TrainingDivergedException : Exception
{
    internal TrainingDivergedException(Core.TrainingDivergedException fault)
        : base(fault.Message, fault) => Step = fault.Step;

    /// <summary>The step, counted from 1 over all epochs.</summary>
    public int Step { get; }
}
