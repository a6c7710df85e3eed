namespace Limen.Core.Reporting

open System.IO
open System.Reflection
open Giraffe.ViewEngine
open Limen.Core

/// Building blocks of the page. Whatever a user gave is text (`str`, attributes), which is escaped, or data in a script, in which < is.
[<RequireQualifiedAccess>]
module internal Page =

    let private asset (name: string) : string =
        use reader =
            new StreamReader(Assembly.GetExecutingAssembly().GetManifestResourceStream name)

        reader.ReadToEnd()

    /// JSON that the page's script reads.
    let data (id: string) (json: string) : XmlNode =
        script [ _id id; _type "application/json" ] [ rawText (json.Replace("<", "\\u003c")) ]

    /// A chart and what it says.
    let chart (id: string) (title: string) (caption: string) (figureJson: string) : XmlNode =
        figure
            [ _class "chart" ]
            [
                h3 [] [ str title ]
                div
                    [
                        _class "plot"
                        attr "data-figure" id
                        attr "role" "img"
                        attr "aria-label" title
                    ]
                    []
                data id figureJson
                figcaption [] [ str caption ]
            ]

    let charts (all: XmlNode list) : XmlNode = div [ _class "charts" ] all

    let note (text: string) : XmlNode = p [ _class "note" ] [ str text ]

    /// A table whose first column is names and whose others are right-aligned.
    let grid (header: string list) (rows: string list list) : XmlNode =
        div
            [ _class "scroll" ]
            [
                table
                    []
                    [
                        thead [] [ tr [] [ for name in header -> th [ attr "scope" "col" ] [ str name ] ] ]
                        tbody [] [ for row in rows -> tr [] [ for cell in row -> td [] [ str cell ] ] ]
                    ]
            ]

    let part (id: string) (title: string) (content: XmlNode list) : XmlNode =
        section [ _id id ] (h2 [] [ str title ] :: content)

    /// Nothing is fetched, from anywhere.
    let private policy =
        "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data: blob:"

    /// The whole file. plotly.js comes last, so that what is text is shown before it is read.
    let document (title: string) (about: XmlNode list) (parts: (string * string * XmlNode list) list) : string =
        html
            [ _lang "en" ]
            [
                head
                    []
                    [
                        meta [ _charset "utf-8" ]
                        meta [ attr "http-equiv" "Content-Security-Policy"; _content policy ]
                        meta [ _name "viewport"; _content "width=device-width, initial-scale=1" ]
                        Giraffe.ViewEngine.HtmlElements.title [] [ str title ]
                        style [] [ rawText (asset "report.css") ]
                    ]
                body
                    []
                    [
                        header
                            []
                            [
                                h1 [] [ str title ]
                                yield! about
                                nav
                                    [ attr "aria-label" "parts" ]
                                    [ for id, name, _ in parts -> a [ _href $"#{id}" ] [ str name ] ]
                            ]
                        main [] [ for id, name, content in parts -> part id name content ]
                        noscript [] [ note "The table of labels and the charts need JavaScript." ]
                        script [] [ rawText (asset "report.js") ]
                        script [] [ rawText (ChartParts.script ()) ]
                        script [] [ rawText "Report.drawAll();" ]
                    ]
            ]
        |> RenderView.AsString.htmlDocument
