namespace Limen.Core

open System
open System.IO
open System.Text.Json
open System.Text.Json.Nodes

/// Files of a saved model that are not as they were written.
[<RequireQualifiedAccess>]
module internal ModelDamage =

    let refuse (path: string) reason =
        raise (ModelFormatException(path, reason))

    /// Whatever is thrown where the contents of a file are made sense of is damage of that file, asking for more memory than there is too; only what the system says of the
    /// reading itself is let through.
    let making (path: string) (make: unit -> 'made) : 'made =
        try
            make ()
        with
        | :? ModelFormatException
        | :? IOException
        | :? UnauthorizedAccessException -> reraise ()
        | :? OutOfMemoryException -> refuse path "the file is damaged, or asks for more memory than there is"
        | e -> refuse path $"the file is damaged: {e.GetBaseException().Message}"

    /// A file that must be there.
    let required (folder: OpenFolder) (path: string) (file: string) : HashedFile =
        match folder.TryOpen file with
        | Some found -> found
        | None -> refuse (Path.Combine(path, file)) "the file is missing"

    /// A key that stands twice would be lost silently.
    let strict = JsonDocumentOptions(AllowDuplicateProperties = false)

    /// A JSON object.
    let parsed (file: HashedFile) (bytes: byte[]) : JsonNode =
        making file.Path (fun () ->
            match JsonNode.Parse(ReadOnlySpan bytes, Nullable(), strict) with
            | :? JsonObject as o -> o
            | null -> file.Refuse "the file is damaged: expected an object, found null"
            | other -> file.Refuse $"the file is damaged: expected an object, found {other.GetValueKind()}")
