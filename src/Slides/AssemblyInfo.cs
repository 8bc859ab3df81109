[assembly: System.Runtime.CompilerServices.InternalsVisibleTo("Coverslip.Learning")]
[assembly: System.Runtime.CompilerServices.InternalsVisibleTo("Coverslip.Methods")]
[assembly: System.Runtime.CompilerServices.InternalsVisibleTo("Coverslip.Phantoms")]
[assembly: System.Runtime.CompilerServices.InternalsVisibleTo("Coverslip.Slides.Tests")]
