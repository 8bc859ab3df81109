using Coverslip.Files;

namespace Coverslip.Learning.SlidePatches;

/// <summary>What an epoch of training patches is made of.</summary>
public interface IDrawsPatches
{
    /// <summary>Examples of an epoch.</summary>
    long PerEpoch { get; }

    /// <summary>How often each class comes, in any unit.</summary>
    IReadOnlyList<double> ClassShares { get; }

    /// <summary>An example of an epoch: the same whenever it is asked for. Threads may share it.</summary>
    /// <param name="epoch">Which epoch, from 0.</param>
    /// <param name="number">Which example of it, from 0.</param>
    /// <param name="random">Of this example alone; its random change is drawn of it next.</param>
    DrawnPatch Draw(int epoch, long number, SeededRandom random);
}

/// <summary>A number of balanced examples, rounded down to whole batches.</summary>
/// <param name="sampler">Draws them.</param>
/// <param name="examples">How many are asked for.</param>
/// <param name="batch">Examples of a batch; one batch there is at least.</param>
internal sealed class BalancedPlaces(BalancedSampler sampler, int examples, int batch) : IDrawsPatches
{
    public long PerEpoch { get; } = Math.Max(1, examples / batch) * (long)batch;

    public IReadOnlyList<double> ClassShares => [0.5, 0.5];

    public DrawnPatch Draw(int epoch, long number, SeededRandom random) => sampler.Draw(random);
}
