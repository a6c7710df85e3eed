namespace Limen.Browser

open System
open System.Collections.Concurrent
open System.Diagnostics
open System.IO
open Expecto
open Microsoft.Playwright

/// A page, and what went wrong on it.
[<NoEquality; NoComparison>]
type Opened =
    {
        Page: IPage
        /// Messages of the console that are errors or warnings, and exceptions.
        Faults: ConcurrentQueue<string>
        /// Addresses that were asked for, other than files.
        Requests: ConcurrentQueue<string>
    }

/// Debian's Chromium, without a window, driven by Playwright. `./build.sh test` installs it where it can.
[<RequireQualifiedAccess>]
module Chromium =

    let private path = "/usr/bin/chromium"

    let private wait (task: Threading.Tasks.Task<'result>) : 'result = task.GetAwaiter().GetResult()
    let private finish (task: Threading.Tasks.Task) : unit = task.GetAwaiter().GetResult()

    let private launched =
        lazy
            (let playwright = wait (Playwright.CreateAsync())

             let options =
                 BrowserTypeLaunchOptions(
                     ExecutablePath = path,
                     Headless = true,
                     // root, as in a container, has no sandbox
                     ChromiumSandbox = not Environment.IsPrivilegedProcess
                 )

             wait (playwright.Chromium.LaunchAsync options))

    /// Ends it, where it was started.
    let close () : unit =
        if launched.IsValueCreated then
            finish (launched.Value.CloseAsync())

    /// Opens a file in a window of that width and looks at it. The test is skipped where there is no Chromium.
    let visit (file: string) (width: int) (look: Opened -> unit) : unit =
        if not (File.Exists path) then
            skiptest $"there is no {path}: apt-get install chromium"

        let window =
            BrowserNewContextOptions(
                ViewportSize = ViewportSize(Width = width, Height = 900),
                Locale = "en-GB",
                Offline = true
            )

        let context = wait (launched.Value.NewContextAsync window)
        let page = wait (context.NewPageAsync())

        let opened =
            {
                Page = page
                Faults = ConcurrentQueue()
                Requests = ConcurrentQueue()
            }

        page.Console.Add(fun message ->
            if message.Type = "error" || message.Type = "warning" then
                opened.Faults.Enqueue message.Text)

        page.PageError.Add opened.Faults.Enqueue

        page.Request.Add(fun request ->
            if
                not (
                    request.Url.StartsWith "file:"
                    || request.Url.StartsWith "data:"
                    || request.Url.StartsWith "blob:"
                )
            then
                opened.Requests.Enqueue request.Url)

        try
            wait (page.GotoAsync(Uri(file).AbsoluteUri)) |> ignore
            look opened
        finally
            finish (context.CloseAsync())

    /// What a script says.
    let ask<'answer> (script: string) (opened: Opened) : 'answer =
        wait (opened.Page.EvaluateAsync<'answer> script)

    /// Waits until a script is true.
    let until (script: string) (opened: Opened) : unit =
        wait (opened.Page.WaitForFunctionAsync(script, null, PageWaitForFunctionOptions(Timeout = 120_000f)))
        |> ignore

    let click (selector: string) (opened: Opened) : unit =
        finish (opened.Page.ClickAsync selector)

    let fill (selector: string) (text: string) (opened: Opened) : unit =
        finish (opened.Page.FillAsync(selector, text))

    /// Lays the page out as it is on paper.
    let layOutForPaper (opened: Opened) : unit =
        finish (opened.Page.EmulateMediaAsync(PageEmulateMediaOptions(Media = Media.Print)))

    /// The page on paper, as PDF.
    let print (opened: Opened) : byte[] =
        wait (opened.Page.PdfAsync(PagePdfOptions(Format = "A4")))

    /// The parts of the page as pictures, in the folder that LIMEN_SCREENSHOTS names, for those who want to look.
    let pictures (name: string) (opened: Opened) : unit =
        match Environment.GetEnvironmentVariable "LIMEN_SCREENSHOTS" with
        | null
        | "" -> ()
        | folder ->
            for part in
                opened
                |> ask<string[]> "() => [...document.querySelectorAll('section')].map(part => part.id)" do
                let options =
                    LocatorScreenshotOptions(Path = Path.Combine(folder, $"{name}-{part}.png"))

                wait (opened.Page.Locator("#" + part).ScreenshotAsync options) |> ignore
