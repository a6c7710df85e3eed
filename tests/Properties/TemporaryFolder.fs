namespace Limen.Properties

open System.IO

/// A folder that lasts as long as the function that is given its path.
[<RequireQualifiedAccess>]
module TemporaryFolder =

    let using (test: string -> 'result) : 'result =
        let folder = Directory.CreateTempSubdirectory "limen-"

        try
            test folder.FullName
        finally
            folder.Delete true

    /// A file of the given name and text in a temporary folder.
    let usingFile (name: string) (text: string) (test: string -> 'result) : 'result =
        using (fun folder ->
            let path = Path.Combine(folder, name)
            File.WriteAllText(path, text)
            test path)
