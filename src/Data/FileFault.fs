namespace Limen.Core

open Limen

/// What is wrong with a file, as a DataFormatException.
[<RequireQualifiedAccess>]
module internal FileFault =

    /// Raises it: what was expected at a line and column (from 1) and what was found.
    let at path line column expected found : 'result =
        let place =
            {
                File = path
                Line = line
                Column = column
            }

        raise (DataFormatException(place, expected, found))

    /// Raises it of a file as a whole.
    let ofFile path expected found : 'result = at path 1 1 expected found
