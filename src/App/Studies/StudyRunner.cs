using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Coverslip.App.Progress;
using Coverslip.Evaluation.Cohorts;
using Coverslip.Evaluation.Splits;
using Coverslip.Files;
using Coverslip.Learning.Backbones;
using Coverslip.Learning.Inputs;
using Coverslip.Learning.Masks;
using Coverslip.Learning.Models;
using Coverslip.Learning.Recipes;
using Coverslip.Learning.Runs;
using Coverslip.Learning.Studies;
using Coverslip.Methods;
using Coverslip.Torch;

namespace Coverslip.App.Studies;

/// <summary>What a study is run on.</summary>
/// <param name="Study">The study.</param>
/// <param name="Cohort">The images.</param>
/// <param name="Split">Which patients train, validate and test.</param>
/// <param name="Folder">Where everything goes.</param>
/// <param name="Place">Where it is trained.</param>
internal sealed record StudyInput(StudyRecipe Study, Cohort Cohort, Split Split, StudyFolder Folder, CellPlace Place);

/// <summary>
/// Trains every cell (a model, an input, a part of the split) with <c>coverslip train</c>, by default in a process of its
/// own, so that each has its own peak memory and none takes the others down. Calls on the same folder share the cells
/// among themselves.
/// </summary>
internal sealed class StudyRunner(StudyInput input)
{
    private sealed record Cell(StudyRun Run, int Part);

    private readonly ConcurrentQueue<string> failures = new();
    private readonly Lock timing = new();
    private readonly StudyTime time = new(Math.Max(1, input.Place.Jobs));
    private int finished;

    /// <summary>Trains what is missing; returns a line for each cell that failed.</summary>
    /// <exception cref="OperationCanceledException">Stopped; calling again goes on.</exception>
    internal IReadOnlyList<string> Run(CancellationToken stop)
    {
        var runs = Able();
        Prepare(stop);
        var parts = input.Split.Parts.Count;
        // Part by part, so that a study that is stopped early compares all models on the parts it has.
        Cell[] cells = [.. Enumerable.Range(0, parts).SelectMany(part => runs.Select(run => new Cell(run, part)))];
        foreach (var begun in cells.Where(IsDone).Select(c => c.Run).Distinct())
            Check(begun);
        var open = new ConcurrentQueue<Cell>(cells.Where(c => !IsDone(c)));
        var ended = new ConcurrentDictionary<Cell, bool>();
        finished = cells.Length - open.Count;
        if (finished > 0)
            Console.Error.WriteLine($"{finished} of {cells.Length} are done already");
        void Work()
        {
            while (!stop.IsCancellationRequested && open.TryDequeue(out var cell))
            {
                if (IsEarly(cell))
                {
                    open.Enqueue(cell);
                    Thread.Sleep(200);
                    continue;
                }
                using var claim = input.Folder.Claim($"{cell.Run.Name}-{cell.Part + 1}");
                if (claim is not null && !IsDone(cell))
                    Train(cell, cells, stop);
                ended.TryAdd(cell, true);
            }
        }
        // What was tried and failed, or is left to another call, is not waited for.
        bool IsEarly(Cell cell) =>
            StudyCells
                .Before(input.Study, cell.Run)
                .Select(run => new Cell(run, cell.Part))
                .Any(needed => cells.Contains(needed) && !IsDone(needed) && !ended.ContainsKey(needed));
        Thread[] workers = [.. Enumerable.Range(0, Math.Max(1, input.Place.Jobs)).Select(_ => new Thread(Work))];
        foreach (var worker in workers)
            worker.Start();
        foreach (var worker in workers)
            worker.Join();
        stop.ThrowIfCancellationRequested();
        return [.. failures];
    }

    /// <summary>Trains one cell in this process, or what is left of it; waits where another process is at it.</summary>
    /// <exception cref="OperationCanceledException">Stopped; calling again goes on.</exception>
    internal IReadOnlyList<string> Run(StudyRun run, int part, CancellationToken stop)
    {
        var cell = new Cell(run, part);
        if (Lacks(run) is { } lacking)
            return [LeftOut(run, lacking)];
        Prepare(stop);
        using var claim = input.Folder.Await($"{run.Name}-{part + 1}", stop);
        if (IsDone(cell))
            Check(run);
        else
            Train(cell, [cell], stop);
        stop.ThrowIfCancellationRequested();
        return [.. failures];
    }

    private bool IsDone(Cell cell) => File.Exists(Path.Combine(FolderOf(cell), "run.json"));

    /// <summary>What is done of a run counts only if it would be made of the same now.</summary>
    private void Check(StudyRun run)
    {
        var file = input.Folder.Recipe(run);
        var recipe = Known.Methods.Parse(File.ReadAllText(file), Path.GetFileName(file));
        RunContents.Check(
            input.Folder.Run(run),
            RunContents.Of(recipe, RecipeCohort.Of(recipe, input.Cohort)),
            "delete the folder to train it again, give what it was begun with, or choose another --out"
        );
    }

    private void Train(Cell cell, IReadOnlyList<Cell> cells, CancellationToken stop)
    {
        var call = new ChildCall(input.Folder.Log(cell.Run, cell.Part));
        var name = $"{cell.Run.Title}, part {cell.Part + 1}";
        var took = Stopwatch.StartNew();
        var jobs = input.Place.Jobs;
        var threads = jobs > 1 ? Math.Max(1, TorchRuntime.Threads / jobs) : 0;
        var code = call.Run(Arguments(cell.Run, cell.Part), input.Place, threads);
        if (stop.IsCancellationRequested)
            return;
        var done = Interlocked.Increment(ref finished);
        if (code != 0)
            Failed(cell.Run, $"{name}: {call.Reason(code)} (log: {call.Log})");
        var left = Left(cell, cells, took.Elapsed);
        Console.Error.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{done}/{cells.Count}  {name}: {(code == 0 ? "done" : "failed")} in {ProgressLine.Clock(took.Elapsed)}{(left is null ? "" : $", {left}")}"
            )
        );
    }

    /// <summary>A trivial model that cannot be trained, of a side with one class, is no failure of the study's own.</summary>
    private void Failed(StudyRun run, string reason)
    {
        if (run.IsBaseline)
            Console.Error.WriteLine($"baseline left out: {reason}");
        else
            failures.Enqueue(reason);
    }

    /// <summary>What is left after a cell, in words; null for nothing, or nothing that is known.</summary>
    private string? Left(Cell cell, IReadOnlyList<Cell> cells, TimeSpan took)
    {
        var described = Path.Combine(FolderOf(cell), "run.json");
        lock (timing)
        {
            if (File.Exists(described)) // one that failed says nothing of the others
            {
                var run = RunDescription.Read(described);
                time.Took(cell.Run.Name, new TimedTraining(took.TotalSeconds, run.TrainingSeconds, run.Epochs));
            }
            return time.Text([.. cells.Where(c => !IsDone(c)).Select(c => (c.Run.Name, LengthOf(c.Run)))]);
        }
    }

    /// <summary>What run.json counts as epochs; of several stages these are the last one's, and the time is of all.</summary>
    private static StageLength LengthOf(StudyRun run) =>
        run.Recipe.Lengths is [var only] ? only : new StageLength("", 0, 0);

    private string FolderOf(Cell cell) =>
        TrainingSession.PartFolder(input.Folder.Run(cell.Run), cell.Part, input.Split.Parts.Count);

    private string[] Arguments(StudyRun run, int part)
    {
        string[] arguments =
        [
            "train",
            input.Folder.Recipe(run),
            "--cohort",
            input.Cohort.Path,
            "--split",
            run.ImageWise ? input.Folder.ImageWiseSplit : input.Folder.Split,
            "--out",
            input.Folder.Run(run),
            "--part",
            $"{part + 1}",
            "--resume",
            "--device",
            input.Place.Device,
        ];
        if (run.Recipe.Shares)
            arguments = [.. arguments, "--share", input.Folder.Shared];
        return StudyMasks.Has(run.Recipe.Input)
            ? [.. arguments, "--masks", input.Folder.Masks(StudyMasks.KeyOf(run.Recipe.Input))]
            : arguments;
    }

    /// <summary>
    /// Makes the masks of every setting once, under the thresholds of every part, and writes each run's recipe.
    /// </summary>
    internal void Prepare(CancellationToken stop)
    {
        var contents = new Fingerprint().AddCohort(input.Cohort).AddReproducible();
        if (Directory.Exists(input.Folder.At("runs")))
            RunContents.Check(
                input.Folder.Path,
                contents,
                "give the images, masks and annotations that the study was begun on, or choose another --out"
            );
        RunContents.Keep(input.Folder.Path, contents);
        foreach (var group in input.Study.AllRuns.GroupBy(r => StudyMasks.KeyOf(r.Recipe.Input)).ToArray())
        {
            var settings = group.First().Recipe.Input;
            if (StudyMasks.Has(settings))
            {
                using var claim = input.Folder.Await(group.Key, stop);
                foreach (var imageWise in group.Select(run => run.ImageWise).Distinct())
                {
                    var split = imageWise ? Split.Load(input.Folder.ImageWiseSplit, input.Cohort) : input.Split;
                    var place = new MaskPlace(
                        input.Folder.Masks(group.Key),
                        MaskPart.Of(split, input.Cohort),
                        Device.Parse(input.Place.Device)
                    )
                    {
                        Stain = InputStain.Of(settings),
                        Progress = new ConsoleProgress(),
                    };
                    _ = CohortMasks.Prepare(settings, input.Cohort, place, stop);
                }
            }
            foreach (var run in group)
                StudyFolder.Keep(input.Folder.Recipe(run), TextOf(run), WhatOf(run));
        }
    }

    /// <summary>Refuses where a run was begun with another recipe than the study has now.</summary>
    /// <exception cref="IOException">One was.</exception>
    internal void CheckRecipes()
    {
        foreach (var run in input.Study.AllRuns)
            StudyFolder.Check(input.Folder.Recipe(run), TextOf(run), WhatOf(run));
    }

    private static string WhatOf(StudyRun run) => $"recipe of {run.Model}";

    /// <summary>With what the cohort decides, so that what is kept is what cells are made of.</summary>
    private string TextOf(StudyRun run)
    {
        var text = run.With(WeightsOf(run), [.. StudyCells.Before(input.Study, run).Select(input.Folder.Run)]);
        return run.Recipe is IFitsCohort fits
            ? YamlText.With(text, run.Name, [.. fits.Fit(input.Cohort).Select(f => f.Setting)])
            : text;
    }

    private string? WeightsOf(StudyRun run) =>
        run.Pretraining.Length == 0
            ? null
            : input.Folder.Pretrained(input.Study.Pretrainings.First(p => p.Name == run.Pretraining));

    /// <summary>The runs whose published weights are there; the others are named, once.</summary>
    private StudyRun[] Able()
    {
        foreach (var run in input.Study.AllRuns)
            if (Lacks(run) is { } lacking)
                failures.Enqueue(LeftOut(run, lacking));
        foreach (var failure in failures)
            Console.Error.WriteLine(failure);
        return [.. input.Study.AllRuns.Where(run => Lacks(run) is null)];
    }

    private static string LeftOut(StudyRun run, string lacking) => $"{run.Title}: left out, it needs {lacking}";

    private string? Lacks(StudyRun run)
    {
        if (WeightsOf(run) is { } pretrained)
            return Directory.Exists(pretrained) ? null : "a pre-training: give its cohort with --pretrain-on";
        if (run.Recipe.Input.NeedsMaskColumn && input.Cohort.Rows.FirstOrDefault(r => r.Mask is null) is { } bare)
            return $"a mask of each image in the cohort's column mask: row {bare.Number} ({bare.Image}) names none";
        return run.Recipe.Needs.FirstOrDefault(file => !Path.Exists(WeightsFolder.Resolve(file)));
    }
}
