namespace Limen.Core

/// A global signal: what is known of a label before any row is seen, one number for each, larger for rarer labels. What is fitted are these numbers
/// themselves. A new one is a file of its own with `signal` and `entry`, and a line in `GlobalSignals.all`.
[<NoEquality; NoComparison>]
type GlobalSignalSpec =
    {
        Name: string
        /// Every number that is out of its range, in words.
        Faults: string list
        /// From the counts of the training rows: a finite number of at least 0 for each label [L].
        Fit: LabelCounts -> float32[]
    }

/// What the registry says of a global signal.
[<NoEquality; NoComparison>]
type GlobalSignalEntry =
    {
        /// Its function in C#'s `Signals`.
        Door: string
        /// Where it was published.
        Source: string
        /// With its defaults, in every form that it has: what the laws are tested on.
        Examples: GlobalSignalSpec list
        /// With numbers out of range: each must have a fault. Empty for a signal without numbers.
        Faulty: GlobalSignalSpec list
    }
