using System.Diagnostics;
using System.Globalization;
using Coverslip.Learning.Augmentation;
using Coverslip.Learning.Backbones;
using Coverslip.Learning.Inputs;
using Coverslip.Learning.Loop;
using Coverslip.Learning.Runs;
using Coverslip.Methods;
using Coverslip.Methods.TumorDetection;
using Coverslip.Slides.Formats;
using Coverslip.Slides.Geometry;
using Coverslip.Slides.Heatmaps;
using Coverslip.Slides.Tissue;
using Coverslip.Torch;
using Coverslip.Torch.Layers;

namespace Coverslip.Bench.Slides;

/// <summary>
/// Overlapping windows computed once as one large picture, whose map is cut into windows' maps: how far its answers are from
/// those of the windows themselves, at whose borders a network sees zeros instead of neighbors.
/// </summary>
internal static class SharedWindows
{
    /// <summary>
    /// <c>windows-shared RUN SIDE STRIDE CELLS SLIDE…</c>: of each slide, squares of CELLS × CELLS windows, all in tissue; one
    /// orientation. The stride is a multiple of the network's own; a side other than the run's shows what a larger map changes.
    /// </summary>
    internal static void Run(string[] arguments)
    {
        var invariant = CultureInfo.InvariantCulture;
        int Number(int place) => int.Parse(arguments[place], invariant);
        var (side, stride, cells) = (Number(1), Number(2), Number(3));
        using var run = TrainedModel.Load(arguments[0], Known.Methods, Device.Cpu);
        var recipe = (TumorDetectionRecipe)run.Recipe;
        var kind = recipe.Network.Kind;
        using var store = new ParameterStore(Device.Cpu);
        var backbone = kind.Build(store.Root / "tower", recipe.Network.Shape(2));
        var last = new Linear(store.Root / "head", backbone.Channels, 2);
        using (new TensorScope())
            store.Load(RunWeights.Read(new RunFolder(run.Folders[0], make: false), Device.Cpu));
        store.ToChannelsLast();
        store.Training = false;
        store.Fold(DType.Float32);
        var map = kind.MapSide(side);
        var step = SideOf(map + 2) - SideOf(map + 1);
        if (stride % step != 0)
            throw new ArgumentException($"the network's own stride is {step}; {stride} is no multiple of it");
        var column = run.Description.Classes.ToList().IndexOf(run.Description.Positive!);
        var differences = new List<double>();
        var (flipped, together, single) = (0, 0.0, 0.0);
        foreach (var path in arguments.Skip(4))
        {
            using var slide = SlideFile.Open(path);
            foreach (var square in Squares(slide, recipe, (side, stride), cells))
            {
                using var inference = new Inference();
                using var scope = new TensorScope();
                var whole = Scaled(square, side + ((cells - 1) * stride), recipe);
                var clock = Stopwatch.StartNew();
                var features = backbone.Forward(whole).Map;
                var shared = new double[cells * cells];
                for (var i = 0; i < shared.Length; i++)
                {
                    var (y, x) = (i / cells * stride / step, i % cells * stride / step);
                    var own = features.Narrow(2, y, map).Narrow(3, x, map).Mean([2, 3]);
                    shared[i] = Probability(last.Forward(own), column);
                }
                together += clock.Elapsed.TotalSeconds;
                clock.Restart();
                for (var i = 0; i < shared.Length; i++)
                {
                    var window = whole.Narrow(2, i / cells * stride, side).Narrow(3, i % cells * stride, side);
                    var own = backbone.Forward(window.Contiguous(MemoryFormat.ChannelsLast)).Map.Mean([2, 3]);
                    var p = Probability(last.Forward(own), column);
                    differences.Add(Math.Abs(p - shared[i]));
                    flipped += p >= 0.5 != shared[i] >= 0.5 ? 1 : 0;
                }
                single += clock.Elapsed.TotalSeconds;
            }
        }
        differences.Sort();
        double At(double share) => differences[(int)Math.Min(differences.Count - 1, share * differences.Count)];
        Console.WriteLine(
            string.Create(
                invariant,
                $"{kind.Name}, width {recipe.Network.Width}, windows of {side} at {stride}: {differences.Count} windows, difference of probability {At(0.5):0.0000} (median), {At(0.95):0.0000} (95 %), {differences[^1]:0.0000} (most); called otherwise at one half {flipped} ({100.0 * flipped / differences.Count:0.0} %); {single / together:0.00} times as fast"
            )
        );

        int SideOf(int wanted) => Enumerable.Range(side, 2048).First(n => kind.MapSide(n) >= wanted);
    }

    /// <summary>Squares of whole windows whose cells all have tissue, side by side, at most eight of a slide.</summary>
    private static IEnumerable<Coverslip.Slides.Images.Image> Squares(
        Slide slide,
        TumorDetectionRecipe recipe,
        (int Side, int Stride) window,
        int cells
    )
    {
        var (view, pixels) = (slide.View(Mpp.Of(recipe.Patches.Mpp)), window.Side + ((cells - 1) * window.Stride));
        var grid = HeatmapGrid.Over(view, window.Stride, slide.FinestMpp);
        var heatmap = Heatmap.Begin(grid, SlideTissue.Of(slide, recipe.Tissue));
        var left = 8;
        for (var row = 1; row + cells < grid.Rows && left > 0; row += cells)
        for (var column = 1; column + cells < grid.Columns && left > 0; column += cells)
        {
            var all = Enumerable
                .Range(0, cells * cells)
                .All(i => heatmap[column + (i % cells), row + (i / cells)] == Heatmap.Pending);
            if (!all)
                continue;
            left--;
            var before = (int)Math.Floor((window.Stride - window.Side) / 2.0);
            using var image = view.Read(
                ((long)column * window.Stride) + before,
                ((long)row * window.Stride) + before,
                new PixelSize(pixels, pixels)
            );
            yield return image;
        }
    }

    private static Tensor Scaled(Coverslip.Slides.Images.Image image, int side, TumorDetectionRecipe recipe)
    {
        var bytes = new byte[side * side * 4];
        WindowPixels.Join(image.Pixels, bytes);
        var (x, _) = BatchReader.Pixels(bytes, 1, recipe.Input with { Width = side, Height = side }, Device.Cpu);
        x = ImageChange.Oriented(x, 0).Contiguous(MemoryFormat.ChannelsLast);
        return recipe.Network.Scale == InputScale.Symmetric ? (x * 2) - 1 : recipe.Network.Scale.Of(x);
    }

    private static double Probability(Tensor scores, int column) =>
        scores.To(DType.Float64).Softmax(1).ToArray<double>()[column];
}
