namespace Limen.Fuzz

open System

/// What became of an input.
type Outcome =
    /// It was read, and what was read is right.
    | Accepted
    /// It was refused, by an exception that the library documents, and the message says where.
    | Refused
    /// It was read as something else than it says, or refused although it is right, or by a message that does not say where.
    | Wrong of what: string
    /// An exception that the library does not document, or the end of the process.
    | Crashed of what: string
    /// It took longer than an input may take.
    | Hung

    /// Whether this must not happen.
    member outcome.IsFind =
        match outcome with
        | Accepted
        | Refused -> false
        | Wrong _
        | Crashed _
        | Hung -> true

/// Something that reads bytes which others wrote. What the bytes are is the target's own affair: a file, or a list of edits to a folder.
[<NoEquality; NoComparison>]
type Target =
    {
        /// Also the name of its folder in the corpus.
        Name: string
        /// Its part of all inputs, in relation to the parts of the others.
        Share: float
        /// Valid inputs; made once.
        Seeds: Lazy<byte[][]>
        /// An input from a valid one, and whether it is at most three edits away from that.
        Mutate: Random -> byte[] -> byte[] * bool
        /// Reads an input in an empty folder of its own, which lasts as long as the target is tried. An exception that it lets through is a crash.
        Run: string -> byte[] -> Outcome
    }
