using System.CommandLine;
using Coverslip.App.Progress;
using Coverslip.Phantoms;

namespace Coverslip.App.Commands;

/// <summary><c>coverslip phantoms</c>: a painted cohort with a known truth, to try methods on.</summary>
internal static class PhantomsCommand
{
    private static readonly Option<string> Output = PhantomOption.Output();
    private static readonly Option<int> Patients = StandardOption.Of("--patients", 16, "Patients, an even number.");
    private static readonly Option<int> Least = StandardOption.Of("--least", 6, "The fewest patches of a patient.");
    private static readonly Option<int> Most = StandardOption.Of("--most", 10, "The most patches of a patient.");
    private static readonly Option<int> Size = StandardOption.Of("--size", 128, "Pixels to a side of a patch.");
    private static readonly Option<int> Seed = PhantomOption.Seed(1);
    private static readonly Option<double> Noise = StandardOption.Of(
        "--noise",
        0.0,
        "0 to 1: stray nuclei in the stroma, in a pattern of the patient's own, not of the class."
    );
    private static readonly Option<double> Diversity = StandardOption.Of(
        "--diversity",
        0.0,
        "0 to 1: how far patients of one class differ in size and density of their nuclei."
    );

    public static Command Create()
    {
        var command = new Command(
            "phantoms",
            """
            Paint a cohort of phantom patches: two classes of tumor that differ in how nuclei lie, patients with stains of
            their own, true masks. No substitute for tissue; for trying things out and for tests.

            Examples:
              coverslip phantoms --out phantoms
              coverslip phantoms --out hard --noise 1 --diversity 1 --patients 24
            """
        )
        {
            Output,
            Patients,
            Least,
            Most,
            Size,
            Seed,
            Noise,
            Diversity,
        };
        command.SetAction(parsed =>
        {
            var options = new PhantomCohortOptions
            {
                Patients = parsed.GetValue(Patients),
                LeastPatches = parsed.GetValue(Least),
                MostPatches = parsed.GetValue(Most),
                Seed = parsed.GetValue(Seed),
                Noise = parsed.GetValue(Noise),
                Diversity = parsed.GetValue(Diversity),
                Patch = new PatchPhantomOptions { Size = parsed.GetValue(Size) },
            };
            var folder = PhantomOption.Folder(parsed, Output);
            var count = PhantomCohort.Describe(options).Count;
            string written;
            using (var line = new ProgressLine("painting", count, "patches"))
                written = PhantomCohort.Write(folder, options, line);
            Console.WriteLine(written);
            return 0;
        });
        return command;
    }
}
