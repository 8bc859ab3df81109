[assembly: System.Runtime.CompilerServices.InternalsVisibleTo("Coverslip.Torch.Tests")]
