namespace Limen.Core

open Limen

/// The formats of this package, after those of the library: `{ DataSource.defaults with Formats = DataFormats.all }`. A new one is a file of its own and a line here.
[<RequireQualifiedAccess>]
module DataFormats =

    let private entry (format: Fields -> InputFormat) (about: string) (source: string) : InputFormatEntry =
        {
            Format = format (Fields())
            With = format
            About = about
            Source = source
            Examples = []
            Faulty = []
        }

    /// Those of this package and of the library, by policies for labels that raters are not sure of (CheXpert) or not at one about (VinDr-CXR): label files are known by their columns alone, and vectors stand last.
    let rated (uncertain: Uncertain) (share: float) : InputFormatEntry list =
        if not (share >= 0.0 && share < 1.0) then
            invalidArg (nameof share) $"expected a share of raters of at least 0 and below 1, received {share}"

        [
            entry
                (fun _ -> CheXpert.format uncertain)
                "CheXpert's label file, with vectors beside it"
                "https://arxiv.org/abs/1901.07031"
            entry
                (fun _ -> VinDr.format share)
                "VinDr-CXR's image labels, with vectors beside it"
                "https://physionet.org/content/vindr-cxr/1.0.0/"
            entry
                Parquet.format
                "columns of texts, lists, structs or vectors"
                "https://parquet.apache.org/docs/file-format/"
            entry
                YouTube8M.format
                "video-level records of YouTube-8M"
                "https://research.google.com/youtube8m/download.html"
            yield! InputFormats.all
            entry
                (fun _ -> Npy.format)
                "numpy's matrices, as vectors beside another file"
                "https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html"
        ]

    /// The same, uncertain labels being none and labels those of most raters.
    let all: InputFormatEntry list = rated Uncertain.IsNone 0.5

namespace Limen

open Limen.Core

/// The formats of Limen.Data for C#: `MultiLabelDataset.FromFile("posts.parquet", formats: DataFiles.All)`.
[<AbstractClass; Sealed>]
type DataFiles private () =

    /// Those of this package and of the library.
    static member val All = FileFormats DataFormats.all

    /// The same, with CheXpert's uncertain labels (-1) as labels, and with VinDr-CXR's labels those that more than the share of an image's raters have found.
    static member Rated(uncertainAreLabels: bool, share: float) : FileFormats =
        FileFormats(
            DataFormats.rated
                (if uncertainAreLabels then
                     Uncertain.IsLabel
                 else
                     Uncertain.IsNone)
                share
        )
