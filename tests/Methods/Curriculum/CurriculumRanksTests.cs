using Coverslip.Learning.Inputs;
using Coverslip.Learning.Models;
using Coverslip.Learning.Tests;
using Coverslip.Methods.Curriculum;
using Coverslip.Torch.Tests;

namespace Coverslip.Methods.Tests.Curriculum;

/// <summary>
/// The batches of a curriculum, and of patches laid between whole images, by two ranks against one process: at a rate of 0, for
/// batch normalization over its tiny maps enlarges the last digit of float32 with every step that moves weights.
/// </summary>
[NoTensorLeaks]
public sealed class CurriculumRanksTests(SmallChests chests) : IClassFixture<SmallChests>
{
    [Theory]
    [InlineData("first")]
    [InlineData("mixed")]
    public void Losses_and_weights_equal_those_of_one_process(string order)
    {
        var recipe = (CurriculumRecipe)
            SmallChests.Read(
                $"patches.order={order}",
                "training.optimizer=sgd",
                "training.epochs=1",
                "patches.epochs=1"
            );
        var set = new PatchSet(chests.Cohort(recipe), recipe.Input, null);
        var steps = SeveralRanks.EqualOne(
            chests.At(order),
            2,
            run =>
            {
                using var network = (CurriculumClassifier)SeveralRanks.Alike(() => recipe.Build(5, default));
                var task = new FitTask(set, [.. set.Patches.Take(17)], [.. set.Patches.Skip(17).Take(5)], 3);
                return new CurriculumFit(recipe, network, task).Run(run, new WatchedTraining(), default);
            }
        );
        Assert.True(steps > 3, $"{steps} steps");
    }
}
