/// What people look at, in a browser. `dotnet run --project tests/Browser -c Release` runs the tests; with LIMEN_SCREENSHOTS=FOLDER they leave pictures there.
module Limen.Browser.Program

open Expecto

[<EntryPoint>]
let main arguments =
    try
        runTestsInAssemblyWithCLIArgs
            [
                Sequenced
                No_Spinner
                Colours(if System.Console.IsOutputRedirected then 0 else 8)
            ]
            arguments
    finally
        Chromium.close ()
        Problems.clean ()
