namespace Limen.Core

/// The calibrators of the library: a new one is a file of its own and a line here.
[<RequireQualifiedAccess>]
module Calibrators =

    let all: CalibratorEntry list =
        [ Temperature.entry; Platt.entry; Isotonic.entry; Beta.entry ]
