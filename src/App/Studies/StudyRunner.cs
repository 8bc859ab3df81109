using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Coverslip.App.Commands;
using Coverslip.App.Progress;
using Coverslip.Evaluation.Cohorts;
using Coverslip.Evaluation.Splits;
using Coverslip.Methods.SagaNet.Masks;
using Coverslip.Methods.Studies;
using Coverslip.Methods.Training;
using Coverslip.Torch;

namespace Coverslip.App.Studies;

/// <summary>What a study is run on.</summary>
/// <param name="Study">The study.</param>
/// <param name="Cohort">The images.</param>
/// <param name="Split">Which patients train, validate and test.</param>
/// <param name="Folder">Where everything goes.</param>
/// <param name="Device">cpu, cuda or cuda:N.</param>
internal sealed record StudyInput(StudyRecipe Study, Cohort Cohort, Split Split, StudyFolder Folder, string Device);

/// <summary>
/// Trains every cell (a model, an input, a part of the split) with <c>coverslip train</c> in a process of its own, so
/// that
/// each has its own peak memory and none takes the others down. Calls on the same folder share the cells among
/// themselves.
/// </summary>
internal sealed class StudyRunner(StudyInput input, int jobs)
{
    private sealed record Cell(StudyRun Run, int Part);

    private readonly ConcurrentQueue<string> failures = new();
    private readonly Stopwatch clock = Stopwatch.StartNew();
    private int finished,
        trained;

    /// <summary>Trains what is missing; returns a line for each cell that failed.</summary>
    /// <exception cref="OperationCanceledException">Stopped; calling again goes on.</exception>
    internal IReadOnlyList<string> Run(CancellationToken stop)
    {
        PrepareMasks(stop);
        var parts = input.Split.Parts.Count;
        // Part by part, so that a study that is stopped early compares all models on the parts it has.
        Cell[] cells =
        [
            .. Enumerable.Range(0, parts).SelectMany(part => input.Study.AllRuns.Select(run => new Cell(run, part))),
        ];
        var open = new ConcurrentQueue<Cell>(cells.Where(c => !IsDone(c)));
        finished = cells.Length - open.Count;
        if (finished > 0)
            Console.Error.WriteLine($"{finished} of {cells.Length} are done already");
        void Work()
        {
            while (!stop.IsCancellationRequested && open.TryDequeue(out var cell))
            {
                using var claim = input.Folder.Claim($"{cell.Run.Name}-{cell.Part + 1}");
                if (claim is null)
                    continue;
                if (!IsDone(cell))
                    Train(cell, cells.Length, stop);
            }
        }
        Thread[] workers = [.. Enumerable.Range(0, jobs).Select(_ => new Thread(Work))];
        foreach (var worker in workers)
            worker.Start();
        foreach (var worker in workers)
            worker.Join();
        stop.ThrowIfCancellationRequested();
        return [.. failures];
    }

    private bool IsDone(Cell cell) =>
        File.Exists(
            Path.Combine(
                TrainingSession.PartFolder(input.Folder.Run(cell.Run), cell.Part, input.Split.Parts.Count),
                "run.json"
            )
        );

    private void Train(Cell cell, int cells, CancellationToken stop)
    {
        var log = input.Folder.Log(cell.Run, cell.Part);
        Directory.CreateDirectory(Path.GetDirectoryName(log)!);
        var name =
            $"{cell.Run.Model}, {cell.Run.Input}{(cell.Run.ImageWise ? ", image-wise" : "")}, part {cell.Part + 1}";
        var took = Stopwatch.StartNew();
        var code = Call(cell, log);
        if (stop.IsCancellationRequested)
            return;
        var done = Interlocked.Increment(ref finished);
        var mine = Interlocked.Increment(ref trained);
        if (code != 0)
        {
            var reason =
                File.ReadLines(log).LastOrDefault(l => l.StartsWith("error:", StringComparison.Ordinal))
                ?? $"ended with exit code {code}";
            failures.Enqueue($"{name}: {reason} (log: {log})");
        }
        var left = ProgressLine.Clock(TimeSpan.FromSeconds(clock.Elapsed.TotalSeconds / mine * (cells - done)));
        Console.Error.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{done}/{cells}  {name}: {(code == 0 ? "done" : "failed")} in {ProgressLine.Clock(took.Elapsed)}{(done < cells ? $", about {left} left" : "")}"
            )
        );
    }

    private int Call(Cell cell, string log)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        string[] arguments =
        [
            "train",
            input.Folder.Recipe(cell.Run),
            "--cohort",
            input.Cohort.Path,
            "--split",
            cell.Run.ImageWise ? input.Folder.ImageWiseSplit : input.Folder.Split,
            "--out",
            input.Folder.Run(cell.Run),
            "--part",
            $"{cell.Part + 1}",
            "--resume",
            "--device",
            input.Device,
        ];
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        if (cell.Run.Recipe.Input is { Form: not InputForm.Raw, Masks: MaskSource.Computed })
        {
            start.ArgumentList.Add("--masks");
            start.ArgumentList.Add(input.Folder.Masks(MaskKey(cell.Run.Recipe.Input)));
        }
        if (jobs > 1)
        {
            var threads = Math.Max(1, TorchRuntime.Threads / jobs).ToString(CultureInfo.InvariantCulture);
            start.Environment["OMP_NUM_THREADS"] = start.Environment["OPENBLAS_NUM_THREADS"] = threads;
        }
        using var written = TextWriter.Synchronized(new StreamWriter(log) { AutoFlush = true });
        using var child = new Process { StartInfo = start };
        child.OutputDataReceived += (_, line) =>
        {
            if (line.Data is { } text)
                written.WriteLine(text);
        };
        child.ErrorDataReceived += (_, line) =>
        {
            if (line.Data is { } text)
                written.WriteLine(text);
        };
        child.Start();
        child.StandardInput.Close();
        child.BeginOutputReadLine();
        child.BeginErrorReadLine();
        // Ctrl-C reaches the child too, which keeps its last whole epoch and ends.
        child.WaitForExit();
        return child.ExitCode;
    }

    /// <summary>
    /// Makes the masks of every setting once, and writes each run's recipe with the thresholds that were fitted.
    /// </summary>
    private void PrepareMasks(CancellationToken stop)
    {
        foreach (var group in input.Study.AllRuns.GroupBy(r => MaskKey(r.Recipe.Input)).ToArray())
        {
            var settings = group.First().Recipe.Input;
            string? rulesFile = null;
            if (settings is { Form: not InputForm.Raw, Masks: MaskSource.Computed })
            {
                var folder = input.Folder.Masks(group.Key);
                using var claim = input.Folder.Await(group.Key, stop);
                rulesFile = Path.Combine(folder, "rules.json");
                var place = new RunMasks.Place(
                    folder,
                    File.Exists(rulesFile) ? MaskRules.Read(rulesFile) : null,
                    Device.Parse(input.Device)
                )
                {
                    Stain = InputStain.Of(settings),
                };
                var (_, rules) = RunMasks.Prepare(settings, input.Cohort, place, stop);
                if (!File.Exists(rulesFile))
                    Evaluation.WholeFile.Write(rulesFile, rules!.ToJson());
            }
            foreach (var run in group)
                StudyFolder.Keep(
                    input.Folder.Recipe(run),
                    rulesFile is null ? run.Text : run.WithMaskRules(rulesFile),
                    $"recipe of {run.Model}"
                );
        }
    }

    /// <summary>A name for what decides the masks; the same masks serve all runs that agree on it.</summary>
    private static string MaskKey(InputOptions options) =>
        options is { Form: not InputForm.Raw, Masks: MaskSource.Computed }
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"{Path.GetFileNameWithoutExtension(options.MaskRules)}-{options.MaskScale}-{options.MaskChannels}-{options.MaskSteps}{StainKey(options)}"
            )
            : "none";

    private static string StainKey(InputOptions options)
    {
        if (!options.Restained)
            return "";
        var what = $"{Path.GetFullPath(options.Stain)} {options.StainMethod} {options.StainRefused}";
        return "-stain-" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(what)))[..8];
    }
}
