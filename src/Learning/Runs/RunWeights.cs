using Coverslip.Files;
using Coverslip.Learning.Loop;
using Coverslip.Torch;
using Coverslip.Torch.Checkpoints;

namespace Coverslip.Learning.Runs;

/// <summary>The weights that the training of a part left, held against the hash that its run.json gives.</summary>
public static class RunWeights
{
    /// <summary>The hash of a part's weights, every byte; null where there are none.</summary>
    internal static string? Hash(RunFolder part) => File.Exists(part.Best) ? FileContents.ReadWhole(part.Best) : null;

    /// <summary>Reads them; they belong to the open scope.</summary>
    /// <param name="part">The folder of a finished part.</param>
    /// <param name="device">Where they go.</param>
    /// <exception cref="FileNotFoundException">They are not there.</exception>
    /// <exception cref="InvalidDataException">They are others than those that training left.</exception>
    public static Dictionary<string, Tensor> Read(RunFolder part, Device device)
    {
        var found =
            Hash(part)
            ?? throw new FileNotFoundException(
                $"{part.Best}: the weights of a finished training are missing; put the file back, or train the run again into another folder"
            );
        if (RunDescription.Read(part.Description).WeightsHash is { } said && said != found)
            throw new InvalidDataException(
                $"{part.Best}: the file is damaged, or of another training: its bytes have the SHA-256 {found[..12]}…, "
                    + $"weights_hash of {part.Description} says {said[..12]}…; copy it anew, or train the run again into another folder"
            );
        return SafeTensors.Read(part.Best, device);
    }
}
